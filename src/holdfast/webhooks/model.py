"""Endpoints of webhooks: the rows, their states, what may be asked, and what happened."""

import msgspec

from holdfast.kernel.clock import Instant
from holdfast.kernel.index import among, index
from holdfast.kernel.rows import Command, FactBody, Row
from holdfast.kernel.text import Named, Text


class EndpointState(Named):
    """Whether an endpoint is sent anything."""

    ENABLED = "enabled", "启用"
    DISABLED = "disabled", "停用"
    REMOVED = "removed", "已移除"


TRANSITIONS: dict[EndpointState, dict[str, EndpointState]] = {
    EndpointState.ENABLED: {
        "ChangeEndpoint": EndpointState.ENABLED,
        "RotateSecret": EndpointState.ENABLED,
        "ReplayDeliveries": EndpointState.ENABLED,
        "TryEndpoint": EndpointState.ENABLED,
        "DisableEndpoint": EndpointState.DISABLED,
        "RemoveEndpoint": EndpointState.REMOVED,
    },
    EndpointState.DISABLED: {
        "ChangeEndpoint": EndpointState.DISABLED,
        "RotateSecret": EndpointState.DISABLED,
        "ReplayDeliveries": EndpointState.DISABLED,
        "EnableEndpoint": EndpointState.ENABLED,
        "RemoveEndpoint": EndpointState.REMOVED,
    },
    EndpointState.REMOVED: {},
}


class BodyForm(Named):
    """The form of a message's body: that of Standard Webhooks, or CloudEvents 1.0 in structured JSON."""

    STANDARD = "standard", "Standard Webhooks 格式", "Standard Webhooks"
    CLOUDEVENTS = "cloudevents", "CloudEvents 格式", "CloudEvents"


class Scheme(Named):
    """How messages are signed: HMAC-SHA256 with a shared secret (`v1`), or an Ed25519 key pair (`v1a`)."""

    HMAC = "hmac", "HMAC 共享密钥", "HMAC"
    ED25519 = "ed25519", "Ed25519 密钥对", "Ed25519"


class DisabledWhy(Named):
    """Why an endpoint is disabled: somebody asked, it answered 410 Gone, or it failed for days."""

    ASKED = "asked", "应要求", "as somebody asked for it"
    GONE = "gone", "对方答复 410（已撤除）", "as it answered 410, it is gone"
    FAILING = "failing", "连日无一次送达", "as nothing could be delivered for days"


class WebhookEndpoint(Row, frozen=True, kw_only=True):
    """Where facts are sent to: those of a merchant, or, without one, all of the marketplace.

    `kinds` are the names of the kinds of facts that it wants; empty: all. `disabled_at` and `why` say since
    when and why it is disabled.
    """

    called = Text("回调地址", "webhook endpoint")

    merchant_id: str | None
    url: str
    kinds: tuple[str, ...]
    form: BodyForm
    state: EndpointState
    registered_at: Instant
    disabled_at: Instant | None = None
    why: DisabledWhy | None = None


ENDPOINTS_OF_MERCHANT = index(
    "webhooks_of_merchant",
    WebhookEndpoint,
    "merchant_id",
    among("state", EndpointState.ENABLED, EndpointState.DISABLED),
)
"""The endpoints of a merchant that are not removed."""


class SigningKey(msgspec.Struct, frozen=True):
    """A key of 32 bytes, in hexadecimal: the secret of HMAC, or the seed of an Ed25519 key pair.

    It signs until `signs_until`; None: until another one takes its place.
    """

    scheme: Scheme
    key: str
    made_at: Instant
    signs_until: Instant | None = None

    def __repr__(self) -> str:
        return f"SigningKey({self.scheme}, made_at={self.made_at}, signs_until={self.signs_until})"


class EndpointKeys(Row, frozen=True, kw_only=True):
    """The keys that messages to an endpoint are signed with, the newest last; `id` is the endpoint's.

    No fact, log or list has them: they are shown when they are made.
    """

    called = Text("回调签名密钥", "signing keys of an endpoint")

    keys: tuple[SigningKey, ...]


class RegisterEndpoint(Command, frozen=True, kw_only=True):
    """Send facts to this address from now on: those of a merchant; without one, all of the marketplace.

    `kinds` are the names of the kinds of facts that are wanted; empty: all.
    """

    endpoint_id: str
    url: str
    merchant_id: str | None = None
    kinds: tuple[str, ...] = ()
    form: BodyForm = BodyForm.STANDARD
    schemes: tuple[Scheme, ...] = (Scheme.HMAC,)


class ChangeEndpoint(Command, frozen=True, kw_only=True):
    """Send to another address, other kinds of facts, or in another form; what is not named stays."""

    endpoint_id: str
    url: str | None = None
    kinds: tuple[str, ...] | None = None
    form: BodyForm | None = None


class RotateSecret(Command, frozen=True, kw_only=True):
    """Make a new key of a scheme; the one before signs, too, for so many hours. The scheme may be new."""

    endpoint_id: str
    scheme: Scheme = Scheme.HMAC
    grace_hours: int = 24


class EnableEndpoint(Command, frozen=True, kw_only=True):
    """Send to a disabled endpoint again: first what happened meanwhile."""

    endpoint_id: str


class DisableEndpoint(Command, frozen=True, kw_only=True):
    """Send nothing to an endpoint until it is enabled; with `url`, only if that is still its address."""

    endpoint_id: str
    why: DisabledWhy = DisabledWhy.ASKED
    url: str | None = None


class RemoveEndpoint(Command, frozen=True, kw_only=True):
    """Send nothing to an endpoint any more, and forget its keys. Nothing undoes it."""

    endpoint_id: str


class ReplayDeliveries(Command, frozen=True, kw_only=True):
    """Send again: all from a position of the feed on, all since a time, or one message by its fact's id."""

    endpoint_id: str
    from_position: int | None = None
    since: Instant | None = None
    message: str | None = None


class TryEndpoint(Command, frozen=True, kw_only=True):
    """Send the fact of this command to the endpoint, whatever kinds of facts it wants."""

    endpoint_id: str


class EndpointFact(FactBody, frozen=True, kw_only=True):
    """A fact about an endpoint, and the merchant that it belongs to; None: it is the marketplace's."""

    endpoint_id: str
    merchant_id: str | None


class EndpointRegistered(EndpointFact, frozen=True, kw_only=True):
    """Facts are sent to an endpoint at `host` from now on; the rest of its address may be a secret."""

    host: str
    kinds: tuple[str, ...]
    form: BodyForm
    schemes: tuple[Scheme, ...]


class EndpointChanged(EndpointFact, frozen=True, kw_only=True):
    """An endpoint is at another address, or wants other facts or another form than it did before."""

    host: str
    kinds: tuple[str, ...]
    form: BodyForm
    was_host: str
    was_kinds: tuple[str, ...]
    was_form: BodyForm


class SecretRotated(EndpointFact, frozen=True, kw_only=True):
    """An endpoint has a new key of a scheme; the one before signs until `old_until`; None: it had none."""

    scheme: Scheme
    old_until: Instant | None


class EndpointEnabled(EndpointFact, frozen=True, kw_only=True):
    """An endpoint is sent facts again, first those since it was disabled."""


class EndpointDisabled(EndpointFact, frozen=True, kw_only=True):
    """An endpoint is sent nothing any more."""

    why: DisabledWhy


class EndpointRemoved(EndpointFact, frozen=True, kw_only=True):
    """An endpoint is no more, and its keys are forgotten."""


class DeliveriesReplayed(EndpointFact, frozen=True, kw_only=True):
    """Facts are sent to an endpoint again: see `ReplayDeliveries`."""

    from_position: int | None
    since: Instant | None
    message: str | None


class EndpointTried(EndpointFact, frozen=True, kw_only=True):
    """Somebody tries an endpoint: this fact is sent to it, whatever it wants."""
