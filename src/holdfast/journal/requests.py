"""Idempotency: a key, the fingerprint of the body that it came with, and the answer that it got.

The row is written in the transaction of the facts. The same key with the same body gets the stored answer, a
refusal included, but for those that time may heal (`Sort.heals`): these are not stored, and the key may be
sent again. With another body it is refused (draft-ietf-httpapi-idempotency-key-header).
"""

import hashlib
from collections.abc import Mapping
from typing import Any, cast

import msgspec

from holdfast.kernel.actor import LIBRARY, Actor, Nature
from holdfast.kernel.refusal import Refusal, RefusalRecord
from holdfast.kernel.rows import Command, Row
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class Request(Row, frozen=True, kw_only=True):
    """An answered request; `id` is its key, see `scoped`. `fact_ids` came of it, or it was refused."""

    called = Text("请求", "request")

    immutable = True

    fingerprint: str
    fact_ids: tuple[str, ...]
    refusal: RefusalRecord | None = None


class KeyReused(Refusal):
    """The idempotency key came before, with another body."""

    code = "key_reused"
    sort = Sort.UNMET
    what = Text("此幂等键已用于另一请求", "this idempotency key was used for another request")
    fix = Text(
        "新请求请用新键；重发请求须原样不变",
        "Use a fresh key for a new request; repeat a request with exactly its body",
    )


class KeyInFlight(Refusal):
    """The idempotency key is being answered right now."""

    code = "key_in_flight"
    sort = Sort.NOT_YET
    what = Text("带此幂等键的请求正在处理", "a request with this idempotency key is being answered")
    fix = Text("请等待答复；答复丢失时再重发", "Wait for its answer, then repeat it if the answer was lost")


SEPARATOR = "\x1f"
"""The separator between an actor and its key, a character that neither may have."""


def scoped(key: str, actor: Actor) -> str:
    """Return the id of a request: its key within the namespace of its actor.

    Requests of the program that embeds the home have their bare key, as all requests had before there were
    actors.
    """
    return key if actor == LIBRARY else f"{actor.nature}/{actor.id}{SEPARATOR}{key}"


def fingerprint(command: Command) -> str:
    """Return BLAKE2b-128 of the command's canonical JSON, in hexadecimal.

    Defaults are left out, and so is what is `unkept`: a request that is sent again draws that anew.
    """
    return _print(command.kept())


def asks_the_same(known: Request, command: Command, actor: Actor) -> bool:
    """Tell whether an answered request of an actor had this very command.

    Requests that were answered before revision 0009 have fingerprints with all defaults told; later ones, of
    some commands, name who asks.
    """
    command = command.kept()
    bodies = (command, _of_then(command), _whole(command))
    return known.fingerprint in {_print(body) for body in bodies} or asked_by_name(known, command, actor)


def asked_by_name(known: Request, command: Command, actor: Actor) -> bool:
    """Tell whether a request of before actors asked for this very command, and named this one as who asks."""
    after = _NAMED_AFTER.get(type(command).__name__)
    if after is None:
        return False
    bodies = (msgspec.to_builtins(command), _of_then(command), _whole(command))
    return known.fingerprint in {_print(_named(body, after, actor.id)) for body in bodies}


def unscoped(key: str, command: Command, actor: Actor) -> str | None:
    """Return the id under which a person's request may have been answered before persons had their own keys.

    Only a request that names the person is that one: see `asked_by_name`.
    """
    is_named = type(command).__name__ in _NAMED_AFTER
    return key if is_named and actor.nature is Nature.PERSON else None


def _print(thing: object) -> str:
    return hashlib.blake2b(msgspec.json.encode(thing), digest_size=16).hexdigest()


_LATER: Mapping[str, tuple[str, ...]] = {
    "PlaceOrder": ("durable", "service", "what", "not_before", "parts"),
    "CancelOrder": ("taken_back",),
    "RecordCapture": ("amount_minor", "currency", "debit_id"),
    "ConfirmPayout": ("amount_minor", "currency"),
    "FailPayout": ("amount_minor", "currency"),
}
"""Fields that were added to commands since then, which fingerprints of that time do not have."""

_NAMED_AFTER: Mapping[str, str] = {
    "AssignReceipt": "target_id",
    "ClearMerchant": "merchant_id",
    "ConfirmClock": "type",
    "ConfirmDoubt": "debit_id",
    "DeclareAbsconded": "merchant_id",
    "DismissDoubt": "doubt_id",
    "RefuseReturn": "order_id",
    "ReinstateMerchant": "merchant_id",
    "RejectClaim": "claim_id",
    "RetryRepayment": "repayment_id",
    "SuspendMerchant": "reason",
    "UpholdClaim": "claim_id",
    "WithdrawDeclaration": "merchant_id",
}
"""Commands that once said in a field `by` who asks, and the field behind which that stood."""


def _named(body: Mapping[str, Any], after: str, by: str) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for name, value in body.items():
        named[name] = value
        if name == after:
            named["by"] = by
    return named


def _of_then(command: Command) -> Any:
    whole = _whole(command)
    later = _LATER.get(type(command).__name__, ())
    return {name: value for name, value in whole.items() if name not in later or value}


def _whole(value: Any) -> Any:
    if isinstance(value, Command):
        fields = {name: _whole(getattr(value, name)) for name in value.__struct_fields__}
        return {"type": type(value).__name__, **fields}
    return [_whole(each) for each in cast("tuple[Any, ...]", value)] if isinstance(value, tuple) else value
