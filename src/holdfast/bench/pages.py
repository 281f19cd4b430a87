"""How long a page of 50 takes out of ten million facts, whatever is asked and wherever it begins."""

import statistics
import time
from collections.abc import Iterator
from random import Random
from typing import Final

from holdfast.bench.figure import Measured
from holdfast.bench.load import Tell, quantile
from holdfast.bench.schema import SCHEMA, Connection, Ground, ground
from holdfast.journal.pages import Asked, Sort, Subject
from holdfast.kernel.clock import DAY, Instant, parse

THOROUGH, QUICK = 10_000_000, 100_000
"""Facts in the journal."""

PAGE: Final = 50
_PIECE = 500_000
_START: Instant = parse("2025-01-01")
_LASTS = 365 * DAY
_SEED = 7
_EACH = 40
_MILLISECONDS = 1_000
_MERCHANTS, _CONSUMERS = 1_000, 200_000

_KINDS = (
    *("OrderConfirmed", "OrderShipped", "OrderDelivered", "CaptureNoticeAsked", "CaptureNoticeSent"),
    *("CaptureAsked", "ClaimForgiven", "ClaimRejected", "OrderCompleted", "ReminderDue"),
)
"""Kinds whose bodies have no more than is filled in below."""

_FILL = """
INSERT INTO facts (id, at, kind, order_id, merchant_id, body, actor)
SELECT (lpad(to_hex(ms), 12, '0') || '7' || lpad(to_hex(n %% 4096), 3, '0') || '8'
        || lpad(to_hex((n * 2654435761) %% 1152921504606846976), 15, '0'))::uuid,
    to_timestamp(ms / 1000.0), (%(kinds)s::text[])[1 + n %% 10], 'o' || n / 10,
    'm' || merchant,
    jsonb_build_object('type', (%(kinds)s::text[])[1 + n %% 10], 'order_id', 'o' || n / 10,
        'merchant_id', 'm' || merchant, 'consumer_id', 'c' || (n / 10 * 7919) %% %(consumers)s,
        'amount_minor', 1000 + n %% 900, 'owed_minor', 7, 'number', 1, 'tracking', 'SF' || n,
        'reason', 'as told',
        'capture_at', ms) || CASE WHEN n %% 10 IN (6, 7)
        THEN jsonb_build_object('claim_id', 'k' || n / 40) ELSE '{}' END,
    CASE WHEN n %% 5 < 3 THEN 'machine/marketplace/api/key_' || n %% 7
        ELSE 'system/system/engine/reaction' END
FROM (
    SELECT n, %(start)s + n * %(step)s AS ms,
        floor(%(merchants)s * power((n / 10 * 48271 %% 1000003) / 1000003.0, 3))::bigint AS merchant
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
) AS made
"""
"""One merchant in a thousand has a tenth of all facts, most have a few thousand."""


def unit(*, quick: bool) -> str:
    """Return the figures' unit, with the number of facts."""
    return f"ms, of {QUICK if quick else THOROUGH:,} facts"


def pages(url: str, tell: Tell, *, quick: bool) -> dict[str, Measured]:
    """Turn pages of every sort of question, at their beginning, in their midst and at their end.

    The first figure is the time within which 99 of 100 came, of all questions alike; the second is the median
    of the slowest question. The floor is the same of 50 facts by their ids, out of the same table.
    """
    facts = QUICK if quick else THOROUGH
    with ground(url) as place:
        _fill(place.connection, facts, tell)
        lasted: list[float] = []
        slowest = 0.0
        asked = list(_questions(facts))
        for number, question in enumerate(asked):
            tell(0.8 + 0.2 * number / len(asked))
            mine = list(_turned(place, question))
            lasted += mine
            slowest = max(slowest, statistics.median(mine))
        floor = list(_by_ids(place.connection))
    return {
        "page_p99_ms": Measured(quantile(lasted, 0.99), quantile(floor, 0.99)),
        "page_slowest_ms": Measured(slowest, statistics.median(floor)),
    }


def _fill(connection: Connection, facts: int, tell: Tell) -> None:
    """Fill the journal piece by piece, with its indexes made at the end."""
    query = b"SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = %s AND tablename = 'facts'"
    indexes = [row for row in connection.execute(query, (SCHEMA,)) if row[0] != "facts_pkey"]
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}".encode())
    fixed = {
        "kinds": list(_KINDS),
        "consumers": _CONSUMERS,
        "merchants": _MERCHANTS,
        "start": _START,
        "step": _LASTS // facts,
    }
    for first in range(0, facts, _PIECE):
        last = min(first + _PIECE, facts) - 1
        connection.execute(_FILL.encode(), {**fixed, "first": first, "last": last})
        tell(0.4 * (last + 1) / facts)
    for number, (_, definition) in enumerate(indexes):
        connection.execute(definition.encode())
        tell(0.4 + 0.4 * (number + 1) / len(indexes))
    connection.execute(b"VACUUM ANALYZE facts")


def _questions(facts: int) -> Iterator[Asked]:
    """Yield questions: of subjects that have many facts and few, of kinds, of times, from both ends."""
    rng = Random(_SEED)  # noqa: S311 - a load, repeatable on purpose
    order = Subject(Sort.ORDER, f"o{rng.randrange(facts // 10)}")
    subjects = [
        *(Subject(Sort.MERCHANT, f"m{number}") for number in (0, 1, 900)),
        Subject(Sort.CONSUMER, f"c{rng.randrange(_CONSUMERS)}"),
        Subject(Sort.CLAIM, f"k{rng.randrange(facts // 40)}"),
        Subject(Sort.ACTOR, "machine/key_3"),
        Subject(Sort.ACTOR, "system/reaction"),
        order,
    ]
    middle = _START + _LASTS // 2
    for newest_first in (False, True):
        yield Asked(newest_first=newest_first)
        yield Asked(since=middle, newest_first=newest_first)
        yield Asked(kinds=("OrderCompleted",), newest_first=newest_first)
        for subject in subjects:
            yield Asked(subject=subject, newest_first=newest_first)
            yield Asked(subject=subject, until=middle, newest_first=newest_first)
            yield Asked(subject=subject, kinds=("CaptureAsked",), newest_first=newest_first)
            yield Asked(subject=subject, kinds=("ClaimOpened", "ClaimRejected"), newest_first=newest_first)


def _turned(place: Ground, question: Asked) -> Iterator[float]:
    """Yield how long pages took, in ms: one after the other, and from the beginning again at the end."""
    home = place.lanes[0]
    after: str | None = None
    for _ in range(_EACH):
        began = time.perf_counter()
        page = home.fact_page(question, after=after, limit=PAGE)
        yield (time.perf_counter() - began) * _MILLISECONDS
        after = page.next


def _by_ids(connection: Connection) -> Iterator[float]:
    """Yield how long 50 facts took that were asked for by their ids, in ms."""
    found = connection.execute(b"SELECT id FROM facts TABLESAMPLE SYSTEM (0.1) LIMIT 2000").fetchall()
    ids = [key for (key,) in found]
    query = b"SELECT id, at, body, actor FROM facts WHERE id = ANY(%s) ORDER BY id"
    for start in range(0, len(ids) - PAGE, PAGE):
        began = time.perf_counter()
        connection.cursor(binary=True).execute(query, (ids[start : start + PAGE],)).fetchall()
        yield (time.perf_counter() - began) * _MILLISECONDS
