"""Who comes by a token: the rows that it names are read, and asked whether they let in."""

from typing import NamedTuple

from holdfast.access.admitting import admit, admit_session, human, machine
from holdfast.access.model import ApiKey, Person, Scope, Session
from holdfast.access.refusals import BadCredential
from holdfast.access.tokens import Kind, Token
from holdfast.kernel.actor import Actor, Door
from holdfast.kernel.clock import Instant
from holdfast.kernel.task import Find


class Came(NamedTuple):
    """Who came: who acts, whose it is (a merchant's, a consumer's), and what the credential may do at all.

    `credential` is the id of the key or the session; `session` its row, where a person came.
    """

    actor: Actor
    owner: str | None
    scopes: frozenset[Scope]
    credential: str
    session: Session | None = None


_ALL = frozenset(Scope)


def came_by(find: Find, token: Token | None, door: Door, now: Instant) -> Came:
    """Return who comes by a token, a key's or a session's.

    Args:
        find: finds its rows.
        token: what was sent, read; None where that has not the form of one.
        door: by which door it came.
        now: the present.

    Raises:
        BadCredential, ExpiredCredential, RevokedCredential: see `access.admitting`. An invitation is a bad
            credential here: it opens nothing but a session.
    """
    match token:
        case Token(kind=Kind.LIVE | Kind.TEST):
            return _by_key(find, token, door, now)
        case Token(kind=Kind.SESSION):
            return _by_session(find, token, door, now)
        case _:
            raise BadCredential("authorization")


def _by_key(find: Find, token: Token, door: Door, now: Instant) -> Came:
    key = admit(find(ApiKey, token.id), token.secret, now)
    return Came(machine(key, door), key.owner, frozenset(key.scopes), key.id)


def _by_session(find: Find, token: Token, door: Door, now: Instant) -> Came:
    row = find(Session, token.id)
    person = None if row is None else find(Person, row.person_id)
    session = admit_session(row, person, token.secret, now)
    assert person is not None, "a session lets in a person who is there"
    return Came(human(person, door), person.owner, _ALL, session.id, session)
