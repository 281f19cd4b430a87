"""When a message is tried again: the schedule of the Standard Webhooks specification, with jitter."""

import datetime as dt
from email.utils import parsedate_to_datetime
from random import Random

from holdfast.kernel.clock import DAY, HOUR, MINUTE, SECOND, Duration, Instant, instant

RETRIES: tuple[Duration, ...] = (
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
)
"""The pauses between attempts: ten attempts in 75 hours and 35 minutes."""

TRIED_FOR: Duration = 72 * HOUR
"""No message is given up before this time is over, however often it was tried meanwhile."""

MAX_ASKED: Duration = DAY
"""The longest pause that a receiver's Retry-After is believed for."""

_JITTER = 0.1


def again_at(attempts: int, first_at: Instant, now: Instant, asked: Duration, rng: Random) -> Instant | None:
    """Return when a message that failed is tried again; None where it is given up.

    Args:
        attempts: the attempts so far, the one that failed just now included.
        first_at: when the first one was.
        now: the present.
        asked: the pause that the receiver asked for by Retry-After; 0 where it asked for none.
        rng: the source of jitter.
    """
    if attempts > len(RETRIES) and now - first_at >= TRIED_FOR:
        return None
    pause = RETRIES[min(attempts, len(RETRIES)) - 1]
    jittered = round(pause * rng.uniform(1 - _JITTER, 1 + _JITTER))
    return now + max(jittered, asked)


def asked_pause(header: str | None, now: Instant) -> Duration:
    """Return the pause that a Retry-After asks for (RFC 9110 §10.2.3), up to a day; 0 where it asks for none.

    >>> asked_pause("120", 0), asked_pause("Thu, 01 Jan 1970 00:01:00 GMT", 0), asked_pause("soon", 0)
    (120000, 60000, 0)
    """
    if header is None:
        return 0
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]) * SECOND, MAX_ASKED)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return 0
    if until.tzinfo is None:
        until = until.replace(tzinfo=dt.UTC)
    return max(0, min(instant(until) - now, MAX_ASKED))
