"""Ways in and sessions: what may be asked about them, and what is told.

Who signs in is found out by a door: it looks at the password, the passkey or the provider's word, and says
here what came of it. So most of these commands are a door's own, and no request states them.
"""

from typing import ClassVar

from holdfast.access.model import Method
from holdfast.access.people import PersonFact
from holdfast.kernel.approval import A_PERSON_UNASKED, Approval
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Command, FactBody


class SetPassword(Command, frozen=True, kw_only=True):
    """A person sets its password, here as its hash. All its sessions end, but for the one that it is in."""

    approval: ClassVar[Approval] = A_PERSON_UNASKED
    unkept: ClassVar[tuple[str, ...]] = ("hash",)

    person_id: str
    hash: str = ""
    session_id: str | None = None


class AddPasskey(Command, frozen=True, kw_only=True):
    """A person adds a passkey, whose registration a door has checked."""

    approval: ClassVar[Approval] = A_PERSON_UNASKED

    person_id: str
    credential: str
    public_key: str
    sign_count: int
    label: str


class RemovePasskey(Command, frozen=True, kw_only=True):
    """Take a passkey away from a person: it opens no more."""

    passkey_id: str


class UnlinkIdentity(Command, frozen=True, kw_only=True):
    """Take an account at an identity provider away from a person: it opens no more."""

    issuer: str
    subject: str


class BeginSession(Command, frozen=True, kw_only=True):
    """A person has signed in, as a door has found: begin its session.

    The door draws `session_id` and the secret. `rehashed` is the hash of its password where that was kept
    with weaker parameters than today's. `sign_count` is what its passkey has counted to.
    """

    approval: ClassVar[Approval] = A_PERSON_UNASKED
    unkept: ClassVar[tuple[str, ...]] = ("session_id", "secret_hash", "rehashed")

    person_id: str
    method: Method
    passkey_id: str | None = None
    sign_count: int = 0
    invitation_id: str | None = None
    identity_id: str | None = None
    session_id: str = ""
    secret_hash: str = ""
    rehashed: str = ""


class KeepSession(Command, frozen=True, kw_only=True):
    """A session is used: it stays open for as long as one may be idle, within its end."""

    session_id: str


class EndSession(Command, frozen=True, kw_only=True):
    """End a session: its person signs out."""

    session_id: str


class EndSessions(Command, frozen=True, kw_only=True):
    """End all sessions of a person."""

    person_id: str


class RecordWrongPassword(Command, frozen=True, kw_only=True):
    """A wrong password came for a person; by whom nobody knows.

    `session_id` is a session that the person once had, where who tries has its token: then it is counted
    apart, so that strangers who guess keep nobody out who was in before.
    """

    person_id: str
    session_id: str | None = None


class RecordRead(Command, frozen=True, kw_only=True):
    """Somebody read what is of others, by a role that may: which operation, about whom, and how many rows."""

    operation: str
    merchant_id: str | None = None
    consumer_id: str | None = None
    order_id: str | None = None
    rows: int


class PasswordSet(PersonFact, frozen=True, kw_only=True):
    """A person set its password."""


class PasskeyAdded(PersonFact, frozen=True, kw_only=True):
    """A person may sign in by one more passkey."""

    passkey_id: str


class PasskeyRemoved(PersonFact, frozen=True, kw_only=True):
    """A passkey of a person opens no more."""

    passkey_id: str


class IdentityUnlinked(PersonFact, frozen=True, kw_only=True):
    """A person may no more sign in by an account at the identity provider `issuer`."""

    issuer: str


class SessionBegun(PersonFact, frozen=True, kw_only=True):
    """A person signed in, by one of its ways in, until `ends_at` at the latest."""

    session_id: str
    method: Method
    ends_at: Instant


class SessionEnded(PersonFact, frozen=True, kw_only=True):
    """A session was ended."""

    session_id: str


class SessionsEnded(PersonFact, frozen=True, kw_only=True):
    """All sessions of a person were ended."""


class SignInLocked(PersonFact, frozen=True, kw_only=True):
    """So many wrong passwords in a row that none is looked at until `until`; other ways in stay open."""

    failures: int
    until: Instant


class RecordsRead(FactBody, frozen=True, kw_only=True):
    """Somebody read what is of others: which operation, about whom, and how many rows it was answered."""

    operation: str
    merchant_id: str | None = None
    consumer_id: str | None = None
    order_id: str | None = None
    rows: int
