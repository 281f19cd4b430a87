"""Keys are made, and replaced so that both sign for a while: receivers change over and lose no message."""

import hashlib
from collections.abc import Iterable

from msgspec.structs import replace

from holdfast.kernel.clock import HOUR, Instant
from holdfast.kernel.ids import Ids
from holdfast.webhooks.model import Scheme, SigningKey

_IDS = 5
"""Ids whose random parts make a key: 62 bits each, more than the 256 bits of the key."""

MOST_OLD = 4
"""Old keys that may sign at the same time: each signature makes the header longer."""


def made(ids: Ids, scheme: Scheme, now: Instant) -> SigningKey:
    """Return a new key. Its secret is of the source of ids, whose random parts nobody was ever shown."""
    drawn = "".join(ids.new(now) for _ in range(_IDS))
    return SigningKey(scheme, hashlib.sha256(drawn.encode()).hexdigest(), now)


def rotated(
    keys: Iterable[SigningKey], fresh: SigningKey, grace_hours: int, now: Instant
) -> tuple[SigningKey, ...]:
    """Return the keys with a fresh one at their end, without those whose time is over."""
    until = now + grace_hours * HOUR
    old: list[SigningKey] = []
    others: list[SigningKey] = []
    for key in keys:
        if key.scheme is not fresh.scheme:
            others.append(key)
        elif key.signs_until is None:
            old.append(replace(key, signs_until=until))
        else:
            old.append(replace(key, signs_until=min(key.signs_until, until)))
    kept = [key for key in old if key.signs_until is not None and key.signs_until > now][-MOST_OLD:]
    return (*others, *kept, fresh)


def signing(keys: Iterable[SigningKey], now: Instant) -> list[SigningKey]:
    """Return the keys that sign now, the newest first: a receiver finds its own soonest so."""
    return [key for key in keys if key.signs_until is None or key.signs_until > now][::-1]
