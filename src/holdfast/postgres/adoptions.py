"""The history of the policy: the facts that brought versions into force, from a journal of any length."""

import msgspec

from holdfast.kernel.rows import Fact
from holdfast.policy.model import PolicyAdopted
from holdfast.postgres import reading
from holdfast.postgres.reading import Connection

_BODIES = msgspec.json.Decoder(PolicyAdopted)
_QUERY = "SELECT id, at, body FROM facts WHERE kind = 'PolicyAdopted' ORDER BY id"


def adoptions(connection: Connection) -> list[Fact]:
    """Return the facts of adoption, ascending by id, of all schema revisions.

    Args:
        connection: of the engine's kind, see `wire.open_wire`, outside of a transaction.
    """
    return [Fact(key, at, _BODIES.decode(body)) for key, at, body in reading.stream(connection, _QUERY, {})]
