"""Idempotency: a key, the fingerprint of the body that it came with, and the answer that it got.

The row is written in the transaction of the facts. The same key with the same body gets the stored answer, a
refusal included, but for those that time may heal (`Refusal.heals`): these are not stored, and the key may be
sent again. With another body it is refused (draft-ietf-httpapi-idempotency-key-header).
"""

import hashlib
from collections.abc import Mapping
from typing import Any, cast

import msgspec

from holdfast.kernel.actor import LIBRARY, Actor
from holdfast.kernel.refusal import Refusal, RefusalRecord
from holdfast.kernel.rows import Command, Row


class Request(Row, frozen=True, kw_only=True):
    """An answered request; `id` is its key, see `scoped`. `fact_ids` came of it, or it was refused."""

    immutable = True

    fingerprint: str
    fact_ids: tuple[str, ...]
    refusal: RefusalRecord | None = None


class KeyReused(Refusal):
    """The idempotency key came before, with another body."""

    code = "key_reused"
    what = "this idempotency key was used for another request"
    fix = "Use a fresh key for a new request; repeat a request with exactly its body"


class KeyInFlight(Refusal):
    """The idempotency key is being answered right now."""

    code = "key_in_flight"
    heals = True
    what = "a request with this idempotency key is being answered"
    fix = "Wait for its answer, then repeat it if the answer was lost"


SEPARATOR = "\x1f"
"""Stands between an actor and its key. It is no character of either."""


def scoped(key: str, actor: Actor) -> str:
    """Return the id of the request that an actor sent under a key: two actors' keys are two.

    What the program sends that has the home within itself has its bare key, as requests had before actors
    were told.
    """
    return key if actor == LIBRARY else f"{actor.nature}/{actor.id}{SEPARATOR}{key}"


def fingerprint(command: Command) -> str:
    """Return BLAKE2b-128 of the command's canonical JSON, in hexadecimal; defaults are left out."""
    return _print(command)


def asks_the_same(known: Request, command: Command) -> bool:
    """Tell whether an answered request asked for this very command.

    Requests that were answered before revision 0009 have fingerprints with all defaults told.
    """
    return known.fingerprint in {fingerprint(command), _print(_of_then(command)), _print(_whole(command))}


def _print(thing: object) -> str:
    return hashlib.blake2b(msgspec.json.encode(thing), digest_size=16).hexdigest()


_LATER: Mapping[str, tuple[str, ...]] = {
    "PlaceOrder": ("durable", "service", "what", "not_before", "parts"),
    "CancelOrder": ("taken_back",),
    "RecordCapture": ("amount_minor", "currency", "debit_id"),
    "ConfirmPayout": ("amount_minor", "currency"),
    "FailPayout": ("amount_minor", "currency"),
}
"""Fields that commands have got since then: what was answered then said nothing of them."""


def _of_then(command: Command) -> Any:
    whole = _whole(command)
    later = _LATER.get(type(command).__name__, ())
    return {name: value for name, value in whole.items() if name not in later or value}


def _whole(value: Any) -> Any:
    if isinstance(value, Command):
        fields = {name: _whole(getattr(value, name)) for name in value.__struct_fields__}
        return {"type": type(value).__name__, **fields}
    return [_whole(each) for each in cast("tuple[Any, ...]", value)] if isinstance(value, tuple) else value
