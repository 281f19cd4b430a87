"""Signing in by a password, or by an invitation: what a door reads, finds, and then says to the engine.

Whether there is no such account, the password is wrong, or none is looked at for a while, is one answer,
after the same work.
"""

from typing import NamedTuple

from holdfast.access import rules, tokens
from holdfast.access.admitting import admit_invitation
from holdfast.access.model import Invitation, Method, Password, Person, PersonStatus, Session
from holdfast.access.refusals import BadCredential
from holdfast.access.tokens import Kind, Token
from holdfast.access.ways import BeginSession, RecordWrongPassword
from holdfast.engine.home import Home
from holdfast.kernel.clock import Instant
from holdfast.sign_in import passwords
from holdfast.sign_in.refusals import SignInRefused


class Known(NamedTuple):
    """What there is of an account: its person, its password's hash, and the session that speaks for it."""

    person: Person | None
    hash: str | None
    device: Session | None


class Found(NamedTuple):
    """What a door found: the person who signed in, the command that says so, and the token of its session."""

    person: Person
    command: BeginSession
    token: Token


class Wrong(NamedTuple):
    """What a door found: nobody. `command` counts that, where there is an account to count it for."""

    command: RecordWrongPassword | None

    def refusal(self) -> SignInRefused:
        """Return what is told to who tried."""
        return SignInRefused("password")


def look_up(home: Home, person_id: str, device: str | None = None) -> Known:
    """Read what there is of an account; `device` is the token of a session that it once had."""
    person, password = home.row(Person, person_id), home.row(Password, person_id)
    token = None if device is None else tokens.parse(device)
    session = None if token is None or token.kind is not Kind.SESSION else home.row(Session, token.id)
    if token is None or session is None or not tokens.matches(token.secret, session.secret_hash):
        session = None
    return Known(person, None if password is None else password.hash, session)


def judged(known: Known, password: str, now: Instant) -> Found | Wrong:
    """Compare a password with what there is of an account. It takes some 50 ms, whatever comes of it."""
    person, device = known.person, known.device
    compared = passwords.compare(password, known.hash)
    if person is None:
        return Wrong(None)
    at_home = rules.is_known_device(device, person)
    if not at_home and rules.locked(person, now):
        return Wrong(None)
    if not compared.right:
        session_id = device.id if at_home and device is not None else None
        return Wrong(RecordWrongPassword(person_id=person.id, session_id=session_id))
    if person.status is not PersonStatus.ACTIVE:
        return Wrong(None)
    return began(person, Method.PASSWORD, rehashed=compared.rehashed)


def by_invitation(home: Home, text: str, now: Instant) -> Found:
    """Return who signs in by the token of an invitation.

    Raises:
        BadCredential, ExpiredCredential, RevokedCredential: see `access.admitting`.
    """
    token = tokens.parse(text)
    if token is None or token.kind is not Kind.INVITATION:
        raise BadCredential("invitation")
    row = home.row(Invitation, token.id)
    person = None if row is None else home.row(Person, row.person_id)
    invitation = admit_invitation(row, person, token.secret, now)
    assert person is not None, "an invitation lets in a person who is there"
    return began(person, Method.INVITATION, invitation_id=invitation.id)


def began(
    person: Person,
    method: Method,
    *,
    passkey_id: str | None = None,
    sign_count: int = 0,
    invitation_id: str | None = None,
    identity_id: str | None = None,
    rehashed: str = "",
) -> Found:
    """Return the beginning of a person's session, with a token that is drawn for it."""
    token = tokens.make(Kind.SESSION)
    command = BeginSession(
        person_id=person.id,
        method=method,
        passkey_id=passkey_id,
        sign_count=sign_count,
        invitation_id=invitation_id,
        identity_id=identity_id,
        session_id=token.id,
        secret_hash=tokens.hashed(token.secret),
        rehashed=rehashed,
    )
    return Found(person, command, token)
