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


def found_by_password(
    home: Home, person_id: str, password: str, device: str | None, now: Instant
) -> Found | Wrong:
    """Compare a password with that of an account. It takes some 50 ms, whatever comes of it.

    Args:
        home: where the account is.
        person_id: the account.
        password: as it was typed.
        device: the token of a session that the account once had, over or not, where who tries has one.
        now: the present.
    """
    person, password_row = home.row(Person, person_id), home.row(Password, person_id)
    known_from = None if device is None else _device(home, device)
    compared = passwords.compare(password, None if password_row is None else password_row.hash)
    if person is None:
        return Wrong(None)
    at_home = rules.is_known_device(known_from, person)
    if not at_home and rules.locked(person, now):
        return Wrong(None)
    if not compared.right:
        session_id = known_from.id if at_home and known_from is not None else None
        return Wrong(RecordWrongPassword(person_id=person.id, session_id=session_id))
    if person.status is not PersonStatus.ACTIVE:
        return Wrong(None)
    return began(person, Method.PASSWORD, rehashed=compared.rehashed)


def _device(home: Home, text: str) -> Session | None:
    """Return the session that a token is of, over or not."""
    token = tokens.parse(text)
    if token is None or token.kind is not Kind.SESSION:
        return None
    session = home.row(Session, token.id)
    proven = session is not None and tokens.matches(token.secret, session.secret_hash)
    return session if proven else None


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
