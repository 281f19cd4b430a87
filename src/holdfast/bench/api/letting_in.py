"""The key by which the load comes in: drawn anew by each measurement, and known to its schema alone."""

from holdfast.access.keys import IssueKey
from holdfast.access.tokens import Kind, hashed, make
from holdfast.engine.execution import Submission
from holdfast.kernel.actor import Actor, Door, Nature, Role
from holdfast.kernel.clock import Instant
from holdfast.postgres.home import Postgres

_TOKEN = make(Kind.LIVE)
_TWO = tuple(Actor(Nature.PERSON, name, Role.OPERATOR, Door.COMMAND_LINE) for name in ("one", "another"))
"""A key of the platform is two people's decision."""

AUTHORIZATION = b"Authorization: Bearer %b\r\n" % _TOKEN.text().encode()


def let_in(home: Postgres, now: Instant) -> None:
    """Issue the key of the load, as the platform's."""
    issue = IssueKey(role=Role.MARKETPLACE, label="load", key_id=_TOKEN.id, secret_hash=hashed(_TOKEN.secret))
    home.run([Submission(issue, now, None, who) for who in _TWO])
