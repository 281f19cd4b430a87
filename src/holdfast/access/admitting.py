"""Admitting: whether a credential lets in now. Pure: the row that its id named, its secret, and the time.

Who does not know the secret learns nothing: a row that is not there, a wrong secret and a text that is no
token are one answer, after the same work. That a key has expired or was revoked is told to whoever has it.
"""

from typing import TypeVar

from holdfast.access.model import ApiKey, Invitation, Person, PersonStatus, Session
from holdfast.access.refusals import BadCredential, ExpiredCredential, RevokedCredential
from holdfast.access.tokens import matches
from holdfast.kernel.actor import Actor, Door, Nature
from holdfast.kernel.clock import Instant, iso

R = TypeVar("R", ApiKey, Session, Invitation)

WHERE = "authorization"

_NOBODYS = "0" * 64
"""A hash that no secret is known to have: it is compared where there is no row."""


def admit(row: ApiKey | None, secret: str, now: Instant) -> ApiKey:
    """Return the key that lets in, by the row that the token's id named.

    Raises:
        BadCredential: there is no such key, or the secret is another.
        RevokedCredential: it was revoked.
        ExpiredCredential: its time is over.
    """
    found = _proven(row, secret)
    if found.revoked_at is not None:
        raise RevokedCredential(WHERE)
    _check_time(found.expires_at, now)
    return found


def admit_session(row: Session | None, person: Person | None, secret: str, now: Instant) -> Session:
    """Return the session that lets in, by its row and that of its person.

    Raises:
        BadCredential: there is no such session, or the secret is another.
        RevokedCredential: it was ended, or its person is suspended.
        ExpiredCredential: it lasted as long as it may, or was not used for too long.
    """
    found = _proven(row, secret)
    if found.ended_at is not None or person is None or is_over(found, person):
        raise RevokedCredential(WHERE)
    _check_time(found.idle_at, now)
    return found


def admit_invitation(row: Invitation | None, person: Person | None, secret: str, now: Instant) -> Invitation:
    """Return the invitation that lets in, once, by its row and that of its person.

    Raises:
        BadCredential: there is no such invitation, or the secret is another.
        RevokedCredential: it was used, another one took its place, or its person is suspended.
        ExpiredCredential: its time is over.
    """
    found = _proven(row, secret)
    if person is None or person.status is not PersonStatus.ACTIVE or person.invitation_id != found.id:
        raise RevokedCredential(WHERE)
    _check_time(found.until, now)
    return found


def machine(key: ApiKey, door: Door) -> Actor:
    """Return who acts by a key: the machine that has it."""
    return Actor(Nature.MACHINE, key.id, key.role, door)


def human(person: Person, door: Door) -> Actor:
    """Return who acts by a session: its person."""
    return Actor(Nature.PERSON, person.id, person.role, door)


def is_over(session: Session, person: Person) -> bool:
    """Tell whether all sessions of a person up to this one were ended together."""
    return person.status is not PersonStatus.ACTIVE or session.generation != person.generation


def _proven(row: R | None, secret: str) -> R:
    right = matches(secret, _NOBODYS if row is None else row.secret_hash)
    if row is None or not right:
        raise BadCredential(WHERE)
    return row


def _check_time(until: Instant | None, now: Instant) -> None:
    if until is not None and now >= until:
        raise ExpiredCredential(WHERE, at=iso(until))
