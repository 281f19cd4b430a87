"""Keys are issued, rotated and revoked."""

from msgspec.structs import replace

from holdfast.access import rules
from holdfast.access.keys import IssueKey, KeyIssued, KeyRevoked, KeyRotated, RevokeKey, RotateKey
from holdfast.access.model import ApiKey, Scope
from holdfast.access.refusals import KeyOver, NoScope, RoleDiffers
from holdfast.kernel.actor import Role
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import FactBody
from holdfast.parties.model import Merchant
from holdfast.parties.refusals import AlreadyRegistered


def issue(desk: Desk, command: IssueKey, now: Instant) -> list[FactBody]:
    """Keep a new key, for whoever drew its secret."""
    rules.check_role(command.role, rules.OF_KEYS)
    check_owner(desk, command.role, command.owner)
    rules.check_lasts("lasts", command.lasts, rules.LONGEST)
    rules.check_label(command.label)
    if not command.scopes:
        raise NoScope("scopes")
    key = ApiKey(
        id=command.key_id,
        secret_hash=command.secret_hash,
        role=command.role,
        owner=command.owner,
        scopes=tuple(scope for scope in Scope if scope in command.scopes),
        label=command.label,
        created_at=now,
        expires_at=None if command.lasts is None else now + command.lasts,
    )
    _keep(desk, key)
    return [
        KeyIssued(
            key_id=key.id,
            role=key.role,
            scopes=key.scopes,
            expires_at=key.expires_at,
            proposal=desk.proposal,
            **rules.owned_by(key.role, key.owner),
        )
    ]


def rotate(desk: Desk, command: RotateKey, now: Instant) -> list[FactBody]:
    """Put another key in the place of one that opens, which is replaced once and for all.

    Were an old key rotated again while it still opens, whoever stole it would have a key for ever.
    """
    key = desk.need(ApiKey, command.key_id)
    if key.role is not command.role:
        raise RoleDiffers(f"key:{key.id}", role=key.role.called)
    ended = key.expires_at is not None and now >= key.expires_at
    if key.revoked_at is not None or key.replaced_by is not None or ended:
        raise KeyOver(f"key:{key.id}")
    rules.check_lasts("grace", command.grace, rules.LONGEST_GRACE, least=0)
    until = now + command.grace
    lasts = None if key.expires_at is None else key.expires_at - key.created_at
    new = replace(
        key,
        id=command.new_id,
        secret_hash=command.secret_hash,
        created_at=now,
        expires_at=None if lasts is None else now + lasts,
        replaces=key.id,
    )
    _keep(desk, new)
    until = until if key.expires_at is None else min(until, key.expires_at)
    desk.put(replace(key, expires_at=until, replaced_by=new.id), key)
    return [
        KeyRotated(
            key_id=key.id,
            role=key.role,
            replaced_by=new.id,
            until=until,
            expires_at=new.expires_at,
            proposal=desk.proposal,
            **rules.owned_by(key.role, key.owner),
        )
    ]


def revoke(desk: Desk, command: RevokeKey, now: Instant) -> list[FactBody]:
    """End a key at once, whether it still opens or not."""
    key = desk.need(ApiKey, command.key_id)
    if key.revoked_at is not None:
        raise KeyOver(f"key:{key.id}")
    desk.put(replace(key, revoked_at=now), key)
    owned = rules.owned_by(key.role, key.owner)
    return [KeyRevoked(key_id=key.id, role=key.role, reason=command.reason, **owned)]


def check_owner(desk: Desk, role: Role, owner: str | None) -> None:
    """Require the owner that a role needs: a merchant that is registered, or a consumer, who may come later.

    Raises:
        OwnerUnfit: there is one too many, or too few.
        NotFound: there is no such merchant.
    """
    rules.check_owner(role, owner)
    if role is Role.MERCHANT and owner is not None:
        desk.need(Merchant, owner)


def _keep(desk: Desk, key: ApiKey) -> None:
    rules.check_drawn(key.id, key.secret_hash)
    if desk.find(ApiKey, key.id) is not None:
        raise AlreadyRegistered(f"key:{key.id}", kind=ApiKey.called)
    desk.put(key, None)
