"""Ways in are set up, and sessions begin and end."""

from msgspec.structs import replace

from holdfast.access import rules
from holdfast.access.enrolling import need_active
from holdfast.access.model import Identity, Invitation, Method, Passkey, Password, Person, Session
from holdfast.access.refusals import (
    BadOperation,
    NotYourself,
    PasskeyCopied,
    TooManyPasskeys,
    WayGone,
    WayTaken,
)
from holdfast.access.ways import (
    AddPasskey,
    BeginSession,
    EndSession,
    EndSessions,
    IdentityUnlinked,
    KeepSession,
    PasskeyAdded,
    PasskeyRemoved,
    PasswordSet,
    RecordRead,
    RecordsRead,
    RecordWrongPassword,
    RemovePasskey,
    SessionBegun,
    SessionEnded,
    SessionsEnded,
    SetPassword,
    SignInLocked,
    UnlinkIdentity,
)
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.parties.refusals import AlreadyRegistered
from holdfast.parties.rules import check_id

_LONGEST_OPERATION = 100


def set_password(desk: Desk, command: SetPassword, now: Instant) -> list[FactBody]:
    """Keep the hash of a person's new password, and end the sessions that it is not in."""
    person = _oneself(desk, command.person_id)
    rules.check_password_hash(command.hash)
    generation = person.generation + 1
    if command.session_id is not None:
        session = desk.need(Session, command.session_id)
        if session.person_id != person.id or session.generation != person.generation:
            raise WayGone(f"session:{session.id}")
        desk.put(replace(session, generation=generation), session)
    desk.put(Password(id=person.id, hash=command.hash, set_at=now), desk.find(Password, person.id))
    desk.put(replace(_unlocked(person), generation=generation), person)
    return [PasswordSet(person_id=person.id, **rules.owned_by(person.role, person.owner))]


def add_passkey(desk: Desk, command: AddPasskey, now: Instant) -> list[FactBody]:
    """Keep a person's new passkey. What was removed once does not come back."""
    person = _oneself(desk, command.person_id)
    rules.check_passkey(command.credential, command.public_key)
    rules.check_label(command.label)
    key = rules.passkey_id(command.credential)
    if desk.find(Passkey, key) is not None:
        raise WayTaken("credential")
    most = rules.MOST_PASSKEYS
    if len(desk.page(rules.PASSKEYS_OF, person.id, limit=most)) >= most:
        raise TooManyPasskeys(f"person:{person.id}", most=most)
    passkey = Passkey(
        id=key,
        person_id=person.id,
        credential=command.credential,
        public_key=command.public_key,
        sign_count=command.sign_count,
        label=command.label,
        added_at=now,
    )
    desk.put(passkey, None)
    owned = rules.owned_by(person.role, person.owner)
    return [PasskeyAdded(person_id=person.id, passkey_id=passkey.id, **owned)]


def remove_passkey(desk: Desk, command: RemovePasskey, now: Instant) -> list[FactBody]:
    """Let a passkey open no more."""
    passkey = desk.need(Passkey, command.passkey_id)
    if passkey.removed_at is not None:
        raise WayGone(f"passkey:{passkey.id}")
    desk.put(replace(passkey, removed_at=now), passkey)
    person = desk.need(Person, passkey.person_id)
    owned = rules.owned_by(person.role, person.owner)
    return [PasskeyRemoved(person_id=person.id, passkey_id=passkey.id, **owned)]


def unlink(desk: Desk, command: UnlinkIdentity, _now: Instant) -> list[FactBody]:
    """Let an account elsewhere open no more."""
    identity = desk.need(Identity, rules.identity_id(command.issuer, command.subject))
    if identity.person_id is None:
        raise WayGone("subject")
    desk.put(replace(identity, person_id=None), identity)
    person = desk.need(Person, identity.person_id)
    owned = rules.owned_by(person.role, person.owner)
    return [IdentityUnlinked(person_id=person.id, issuer=command.issuer, **owned)]


def begin(desk: Desk, command: BeginSession, now: Instant) -> list[FactBody]:
    """Begin a session of a person who has signed in, by a way in that is still the person's."""
    person = _oneself(desk, command.person_id)
    rules.check_drawn(command.session_id, command.secret_hash)
    if desk.find(Session, command.session_id) is not None:
        raise AlreadyRegistered(f"session:{command.session_id}", kind=Session.called)
    match command.method:
        case Method.PASSWORD:
            _by_password(desk, command)
            if person.failures:
                desk.put(_unlocked(person), person)
        case Method.PASSKEY:
            _by_passkey(desk, command)
        case Method.INVITATION:
            _by_invitation(desk, command, person, now)
        case Method.OIDC:
            identity = desk.need(Identity, command.identity_id or "")
            if identity.person_id != person.id:
                raise WayGone("identity_id")
    ends_at = now + rules.longest_session(person.role)
    session = Session(
        id=command.session_id,
        secret_hash=command.secret_hash,
        person_id=person.id,
        generation=person.generation,
        method=command.method,
        begun_at=now,
        idle_at=min(now + rules.longest_idle(person.role), ends_at),
        ends_at=ends_at,
    )
    desk.put(session, None)
    return [
        SessionBegun(
            person_id=person.id,
            session_id=session.id,
            method=session.method,
            ends_at=session.ends_at,
            **rules.owned_by(person.role, person.owner),
        )
    ]


def _by_password(desk: Desk, command: BeginSession) -> None:
    password = desk.need(Password, command.person_id)
    if command.rehashed:
        rules.check_password_hash(command.rehashed)
        desk.put(replace(password, hash=command.rehashed), password)


def _by_passkey(desk: Desk, command: BeginSession) -> None:
    passkey = desk.need(Passkey, command.passkey_id or "")
    if passkey.person_id != command.person_id or passkey.removed_at is not None:
        raise WayGone(f"passkey:{passkey.id}")
    counts = passkey.sign_count or command.sign_count
    if counts and command.sign_count <= passkey.sign_count:
        raise PasskeyCopied(f"passkey:{passkey.id}")
    desk.put(replace(passkey, sign_count=command.sign_count), passkey)


def _by_invitation(desk: Desk, command: BeginSession, person: Person, now: Instant) -> None:
    invitation = desk.need(Invitation, command.invitation_id or "")
    if person.invitation_id != invitation.id or now >= invitation.until:
        raise WayGone(f"invitation:{invitation.id}")
    desk.put(replace(invitation, used_at=now), invitation)
    desk.put(replace(person, invitation_id=None), person)


def keep(desk: Desk, command: KeepSession, now: Instant) -> list[FactBody]:
    """Let a session that is used stay open. It is no event: nothing is told."""
    session = desk.need(Session, command.session_id)
    person = desk.need(Person, session.person_id)
    idle_at = min(now + rules.longest_idle(person.role), session.ends_at)
    if session.ended_at is None and now < session.idle_at < idle_at:
        desk.put(replace(session, idle_at=idle_at), session)
    return []


def end(desk: Desk, command: EndSession, now: Instant) -> list[FactBody]:
    """End a session."""
    session = desk.need(Session, command.session_id)
    if session.ended_at is not None:
        raise WayGone(f"session:{session.id}")
    desk.put(replace(session, ended_at=now), session)
    person = desk.need(Person, session.person_id)
    owned = rules.owned_by(person.role, person.owner)
    return [SessionEnded(person_id=person.id, session_id=session.id, **owned)]


def end_all(desk: Desk, command: EndSessions, _now: Instant) -> list[FactBody]:
    """End all sessions of a person: they are of a generation that is over."""
    person = desk.need(Person, command.person_id)
    desk.put(replace(person, generation=person.generation + 1), person)
    return [SessionsEnded(person_id=person.id, **rules.owned_by(person.role, person.owner))]


def wrong_password(desk: Desk, command: RecordWrongPassword, now: Instant) -> list[FactBody]:
    """Count a wrong password; from some on, no password is looked at for a while, and that is told."""
    person = desk.need(Person, command.person_id)
    session = None if command.session_id is None else desk.need(Session, command.session_id)
    if session is not None and rules.is_known_device(session, person):
        desk.put(replace(session, failures=session.failures + 1), session)
        return []
    if rules.locked(person, now):
        return []
    row = rules.after_wrong_password(person, now)
    desk.put(row, person)
    if row.locked_until is None:
        return []
    owned = rules.owned_by(row.role, row.owner)
    return [SignInLocked(person_id=row.id, failures=row.failures, until=row.locked_until, **owned)]


def record_read(_desk: Desk, command: RecordRead, _now: Instant) -> list[FactBody]:
    """Tell that somebody read what is of others."""
    named = 0 < len(command.operation) <= _LONGEST_OPERATION
    if not named or command.rows < 0:
        raise BadOperation("operation", most=_LONGEST_OPERATION)
    for field in ("merchant_id", "consumer_id", "order_id"):
        if (value := getattr(command, field)) is not None:
            check_id(field, value)
    return [
        RecordsRead(
            operation=command.operation,
            merchant_id=command.merchant_id,
            consumer_id=command.consumer_id,
            order_id=command.order_id,
            rows=command.rows,
        )
    ]


def _oneself(desk: Desk, person_id: str) -> Person:
    """Return the person that a command is about, who asks for it itself.

    Raises:
        NotFound, PersonNotActive: see `need_active`.
        NotYourself: somebody else asks.
    """
    person = need_active(desk, person_id)
    if not rules.is_oneself(person.id, desk.actor):
        raise NotYourself(f"person:{person.id}")
    return person


def _unlocked(person: Person) -> Person:
    return replace(person, failures=0, failed_at=None, locked_until=None)
