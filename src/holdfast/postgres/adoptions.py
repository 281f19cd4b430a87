"""The facts that brought versions of the policy into force, out of a journal of any length."""

import msgspec

from holdfast.kernel.rows import Fact
from holdfast.policy.model import PolicyAdopted
from holdfast.postgres import reading
from holdfast.postgres.reading import Connection

_BODIES = msgspec.json.Decoder(PolicyAdopted)
_QUERY = "SELECT id, at, body FROM facts WHERE kind = 'PolicyAdopted'"


def adoptions(connection: Connection) -> list[Fact]:
    """Return them ascending by id, however old the revision that wrote them.

    No index leads to a kind of facts, so the journal is read through once, by the server: the engine's
    connections have to be told that it may.

    Args:
        connection: of the engine's kind, see `wire.open_wire`, outside of a transaction.
    """
    with connection.transaction():
        connection.execute(b"SET LOCAL enable_seqscan = on")
        found = [
            Fact(key, at, _BODIES.decode(body)) for key, at, body in reading.stream(connection, _QUERY, {})
        ]
    return sorted(found, key=_id)


def _id(fact: Fact) -> str:
    return fact.id
