"""Who may come in: the rows. Secrets are elsewhere; here are their hashes, which no reader is shown."""

from holdfast.kernel.actor import Role
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Row
from holdfast.kernel.text import Named, Text


class Scope(Named):
    """The scope of a key: what it may do at all, of all that its role may."""

    READ = "read", "读取"
    WRITE = "write", "写入"


class PersonStatus(Named):
    """A person may sign in, or is suspended."""

    ACTIVE = "active", "正常"
    SUSPENDED = "suspended", "已停用"


TRANSITIONS: dict[PersonStatus, dict[str, PersonStatus]] = {
    PersonStatus.ACTIVE: {"SuspendPerson": PersonStatus.SUSPENDED},
    PersonStatus.SUSPENDED: {"ReinstatePerson": PersonStatus.ACTIVE},
}


class Method(Named):
    """The method of signing in: by which of its ways in a person came."""

    PASSWORD = "password", "密码"
    PASSKEY = "passkey", "通行密钥"
    OIDC = "oidc", "单点登录", "single sign-on"
    INVITATION = "invitation", "邀请"


class ApiKey(Row, frozen=True, kw_only=True):
    """A machine's key (API key). `id` is public; `secret_hash` is SHA-256 of its secret, in hexadecimal.

    `owner` is the merchant or the consumer whose machine it is; None where it is the platform's, a provider's
    or a regulator's. It opens until `expires_at`, and no more from `revoked_at` on. It was rotated from the
    key that it `replaces`, and to the one that it is `replaced_by`.
    """

    called = Text("API 密钥", "API key")

    secret_hash: str
    role: Role
    owner: str | None
    scopes: tuple[Scope, ...]
    label: str
    created_at: Instant
    expires_at: Instant | None
    revoked_at: Instant | None = None
    replaces: str | None = None
    replaced_by: str | None = None


class Person(Row, frozen=True, kw_only=True):
    """A person who may sign in. `id` is the account, as facts name who acted.

    `owner` is the merchant for which it works, or the consumer that it is; None for a platform's people.
    Sessions of an earlier `generation` are over. `failures` passwords in a row were wrong, the last one at
    `failed_at`; until `locked_until` no password is looked at. `invitation_id` is the one that still opens.
    """

    called = Text("人员", "person")

    role: Role
    owner: str | None
    status: PersonStatus
    enrolled_at: Instant
    generation: int = 0
    failures: int = 0
    failed_at: Instant | None = None
    locked_until: Instant | None = None
    invitation_id: str | None = None


class Password(Row, frozen=True, kw_only=True):
    """A person's password, as its Argon2id hash in PHC form (RFC 9106). `id` is the person's."""

    called = Text("密码", "password")

    hash: str
    set_at: Instant


class Passkey(Row, frozen=True, kw_only=True):
    """A person's passkey (WebAuthn). `id` is the SHA-256 of the credential's id, in hexadecimal.

    `credential` is that id itself and `public_key` a COSE key, both in base64url. `sign_count` is the
    authenticator's counter, 0 where it has none.
    """

    called = Text("通行密钥", "passkey")

    person_id: str
    credential: str
    public_key: str
    sign_count: int
    label: str
    added_at: Instant
    removed_at: Instant | None = None


class Identity(Row, frozen=True, kw_only=True):
    """An account at an identity provider (OpenID Connect). `id` is its issuer, a space, its subject there.

    `person_id` is who comes in by it, None once it was taken away.
    """

    called = Text("外部身份", "linked identity")

    person_id: str | None
    linked_at: Instant


class Invitation(Row, frozen=True, kw_only=True):
    """An invitation: with it a person signs in once, before `until`, to set up a way in of its own."""

    called = Text("邀请", "invitation")

    secret_hash: str
    person_id: str
    until: Instant
    used_at: Instant | None = None


class Session(Row, frozen=True, kw_only=True):
    """A person who is signed in. It ends at `ends_at`, and earlier if it is not used until `idle_at`.

    `generation` is the person's as it began: see `Person`. Its token says, even when it is over, that the
    person was in from there before; so many wrong passwords came with it since: `failures`.
    """

    called = Text("会话", "session")

    secret_hash: str
    person_id: str
    generation: int
    method: Method
    begun_at: Instant
    idle_at: Instant
    ends_at: Instant
    ended_at: Instant | None = None
    failures: int = 0
