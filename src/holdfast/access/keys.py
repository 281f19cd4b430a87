"""Keys of machines: what may be asked about them, and what is told."""

from typing import Any, ClassVar

from holdfast.access.model import Scope
from holdfast.access.rules import decided_for, of_a_party
from holdfast.kernel.actor import Actor, Nature, Role
from holdfast.kernel.approval import Approval
from holdfast.kernel.clock import Duration, Instant
from holdfast.kernel.rows import Command, FactBody


def _is_own(command: Any, actor: Actor) -> bool:
    is_key = actor.nature is Nature.MACHINE and actor.id == command.key_id
    return is_key or of_a_party(command, actor)


class IssueKey(Command, frozen=True, kw_only=True):
    """Issue a key to a machine. The key opens for as long as it `lasts`; without end where that is left out.

    `owner` is the merchant or consumer whose machine it is, and left out for all other roles. The door draws
    the id and the secret; here is the SHA-256 of the secret.
    """

    approval: ClassVar[Approval] = decided_for(
        ("role", "owner", "scopes", "label", "lasts"), told=("role",), unless=of_a_party
    )
    unkept: ClassVar[tuple[str, ...]] = ("key_id", "secret_hash")

    role: Role
    owner: str | None = None
    scopes: tuple[Scope, ...] = (Scope.READ, Scope.WRITE)
    label: str
    lasts: Duration | None = None
    key_id: str = ""
    secret_hash: str = ""


class RotateKey(Command, frozen=True, kw_only=True):
    """Put a new key in the place of one, which still opens for the time of `grace`.

    The new key has the role, owner, scopes and label of the old one, and lasts as long as that was to. A key
    may rotate itself. `role` is the key's, as by it follows who else may. `new_id` is drawn by the door.
    """

    approval: ClassVar[Approval] = decided_for(("key_id", "role"), told=("key_id", "role"), unless=_is_own)
    unkept: ClassVar[tuple[str, ...]] = ("new_id", "secret_hash")

    key_id: str
    role: Role
    grace: Duration
    new_id: str = ""
    secret_hash: str = ""


class RevokeKey(Command, frozen=True, kw_only=True):
    """End a key at once, with a reason."""

    key_id: str
    reason: str


class KeyFact(FactBody, frozen=True, kw_only=True):
    """A fact about a key: of which role, and whose machine's, where it is a merchant's or a consumer's."""

    key_id: str
    role: Role
    merchant_id: str | None = None
    consumer_id: str | None = None


class KeyIssued(KeyFact, frozen=True, kw_only=True):
    """A machine was given a key, which opens until `expires_at`, or without end.

    `proposal` is the number of the proposal that it carried out, where it takes several people.
    """

    scopes: tuple[Scope, ...]
    expires_at: Instant | None
    proposal: str = ""


class KeyRotated(KeyFact, frozen=True, kw_only=True):
    """The key `replaced_by` took the place of a key, which opens until `until`; the new one `expires_at`."""

    replaced_by: str
    until: Instant
    expires_at: Instant | None
    proposal: str = ""


class KeyRevoked(KeyFact, frozen=True, kw_only=True):
    """Somebody ended a key at once."""

    reason: str
