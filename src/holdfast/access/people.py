"""People who may sign in: what may be asked about them, and what is told."""

from typing import Any, ClassVar

from holdfast.access.rules import decided_for, is_oneself, of_a_party
from holdfast.kernel.actor import Actor, Role
from holdfast.kernel.approval import A_PERSON_UNASKED, Approval
from holdfast.kernel.clock import Duration, Instant
from holdfast.kernel.rows import Command, FactBody


def _is_own(command: Any, actor: Actor) -> bool:
    return is_oneself(command.person_id, actor) or of_a_party(command, actor)


class EnrolPerson(Command, frozen=True, kw_only=True):
    """Take a person in, who may sign in from now on once it has a way in.

    `person_id` is the account: an account name or a staff number, no address and no name, as facts have it
    for ever. `owner` is the merchant for which the person works, or the consumer that it is; left out for all
    other roles.
    """

    approval: ClassVar[Approval] = decided_for(
        ("person_id", "role", "owner"), told=("person_id", "role"), unless=of_a_party
    )

    person_id: str
    role: Role
    owner: str | None = None


class ChangeRole(Command, frozen=True, kw_only=True):
    """Give a person another role, or another owner. It signs in anew; nobody changes their own."""

    approval: ClassVar[Approval] = decided_for(("person_id", "role", "owner"), told=("person_id", "role"))

    person_id: str
    role: Role
    owner: str | None = None


class SuspendPerson(Command, frozen=True, kw_only=True):
    """End a person's sessions and let it sign in no more, with a reason."""

    approval: ClassVar[Approval] = A_PERSON_UNASKED

    person_id: str
    reason: str


class ReinstatePerson(Command, frozen=True, kw_only=True):
    """End a person's suspension, in the role that it had. Nobody ends their own."""

    approval: ClassVar[Approval] = A_PERSON_UNASKED

    person_id: str


class InvitePerson(Command, frozen=True, kw_only=True):
    """Invite a person who has no way in, or has lost them: it signs in once, and sets one up.

    Whoever hands the invitation over could use it. So it is decided by as many as gave the role, which is
    said again, as the person has it. The door draws the id and the secret. One invitation opens at a time.
    """

    approval: ClassVar[Approval] = decided_for(
        ("person_id", "role"), told=("person_id", "role"), unless=_is_own
    )
    unkept: ClassVar[tuple[str, ...]] = ("invitation_id", "secret_hash")

    person_id: str
    role: Role
    lasts: Duration
    invitation_id: str = ""
    secret_hash: str = ""


class LinkIdentity(Command, frozen=True, kw_only=True):
    """Let a person sign in by its account at an identity provider: `subject` is its id there.

    Whoever has that account comes in as the person. So it is decided as an invitation is.
    """

    approval: ClassVar[Approval] = decided_for(
        ("person_id", "role", "issuer", "subject"), told=("person_id", "role", "issuer"), unless=_is_own
    )

    person_id: str
    role: Role
    issuer: str
    subject: str


class PersonFact(FactBody, frozen=True, kw_only=True):
    """A fact about a person, and for which merchant it works, or which consumer it is."""

    person_id: str
    merchant_id: str | None = None
    consumer_id: str | None = None


class PersonEnrolled(PersonFact, frozen=True, kw_only=True):
    """A person was taken in. `proposal` as in `KeyIssued`."""

    role: Role
    proposal: str = ""


class RoleChanged(PersonFact, frozen=True, kw_only=True):
    """A person has another role, or another owner; `was` is the role before."""

    role: Role
    was: Role
    proposal: str = ""


class PersonSuspended(PersonFact, frozen=True, kw_only=True):
    """A person may sign in no more, and its sessions have ended."""

    reason: str


class PersonReinstated(PersonFact, frozen=True, kw_only=True):
    """A person may sign in again."""


class PersonInvited(PersonFact, frozen=True, kw_only=True):
    """A person may sign in once, until `until`, to set up a way in."""

    until: Instant
    proposal: str = ""


class IdentityLinked(PersonFact, frozen=True, kw_only=True):
    """A person may sign in by an account at the identity provider `issuer`."""

    issuer: str
    proposal: str = ""
