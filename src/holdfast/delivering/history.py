"""What was attempted, what waits, and how endpoints stand: for people who look, page by page."""

from typing import Any, NamedTuple

import msgspec

from holdfast.delivering.changes import Fate
from holdfast.kernel.clock import Instant
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text
from holdfast.postgres.reading import Connection


class BadPlace(Refusal):
    """A page of deliveries is to begin where none can."""

    code = "bad_place"
    sort = Sort.MALFORMED
    what = Text("{place!r} 不是页码", "{place!r} is no place of a page")
    fix = Text("请用上一页的 next，或留空", "Send the `next` of the page before, or nothing")


class Attempt(msgspec.Struct, frozen=True):
    """An attempt to deliver a message, which is the fact `fact_id` of the kind `kind`.

    `number` counts the message's attempts. Either there was an answer with a `status`, or an `error` says why
    there was none. `again_at` is when the next attempt was due.
    """

    id: int
    endpoint_id: str
    position: int
    fact_id: str
    kind: str
    number: int
    at: Instant
    took_ms: int
    fate: Fate
    status: int | None
    error: str | None
    again_at: Instant | None


class Waits(msgspec.Struct, frozen=True):
    """A message that waits: for its time, or for the one before it in its line."""

    endpoint_id: str
    position: int
    fact_id: str
    line: str
    attempts: int
    first_at: Instant | None
    due: Instant


class Stands(msgspec.Struct, frozen=True):
    """How an endpoint stands.

    `waiting` is the number of messages that were read and are not delivered. `behind_from` is its own place
    in the feed, where it is behind the others. `failing_since` is the first failure since the last success.
    """

    waiting: int
    behind_from: int | None
    failing_since: Instant | None
    delivered_at: Instant | None


class Page(NamedTuple):
    """A page of attempts, the newest first; `next` is the place of the page behind it."""

    items: list[Attempt]
    next: str | None


class WaitingPage(NamedTuple):
    """A page of what waits, in the order of the feed; `next` is the place of the page behind it."""

    items: list[Waits]
    next: str | None


class UnknownFate(Refusal):
    """Attempts are asked for that ended in a way that there is not."""

    code = "unknown_fate"
    sort = Sort.MALFORMED
    what = Text("{fate!r} 不是投递结果", "{fate!r} is nothing that becomes of an attempt")
    fix = Text("可用：{known}", "There are {known}")


def fate_of(text: str | None) -> Fate | None:
    """Read what became of attempts; None for any.

    Raises:
        UnknownFate: it is none.
    """
    if text is None:
        return None
    if text not in [*Fate]:
        raise UnknownFate("fate", fate=text[:40], known=", ".join(Fate))
    return Fate(text)


def attempts(
    connection: Connection, endpoint_id: str, place: str | None, limit: int, fate: Fate | None = None
) -> Page:
    """Return attempts of an endpoint, the newest first.

    Raises:
        BadPlace: no page begins there.
    """
    query = (
        "SELECT id, endpoint_id, position, fact_id, kind, attempt, at, took_ms, outcome, status, error, due"
        " FROM webhook_attempts WHERE endpoint_id = %(endpoint_id)s AND id < %(before)s::bigint"
        " AND (%(fate)s::text IS NULL OR outcome = %(fate)s) ORDER BY id DESC LIMIT %(limit)s"
    )
    rows = connection.cursor(binary=True).execute(
        query.encode(),
        {
            "endpoint_id": endpoint_id,
            "before": _number(place, 2**63 - 1),
            "fate": None if fate is None else fate.value,
            "limit": limit + 1,
        },
    )
    found = [_attempt(*row) for row in rows]
    return Page(found[:limit], str(found[limit - 1].id) if len(found) > limit else None)


def _attempt(*values: Any) -> Attempt:
    fields: dict[str, Any] = dict(zip(Attempt.__struct_fields__, values, strict=True))
    fields["fate"] = Fate(fields["fate"])
    return Attempt(**fields)


def waiting(connection: Connection, endpoint_id: str, place: str | None, limit: int) -> WaitingPage:
    """Return what waits for an endpoint, in the order of the feed.

    Raises:
        BadPlace: no page begins there.
    """
    query = (
        "SELECT endpoint_id, position, fact_id, line, attempts, first_at, due FROM webhook_messages"
        " WHERE endpoint_id = %s AND position > %s::bigint ORDER BY position LIMIT %s"
    )
    rows = connection.cursor(binary=True).execute(
        query.encode(), (endpoint_id, _number(place, -1), limit + 1)
    )
    found = [Waits(*row) for row in rows]
    return WaitingPage(found[:limit], str(found[limit - 1].position) if len(found) > limit else None)


def standing(connection: Connection, endpoint_id: str) -> Stands:
    """Return how an endpoint stands; of one that the deliverer has not come by, that nothing was done."""
    query = (
        "SELECT (SELECT count(*) FROM webhook_messages WHERE endpoint_id = %(endpoint_id)s), position,"
        " failing_since, delivered_at FROM (SELECT 1) AS one"
        " LEFT JOIN webhook_standings ON endpoint_id = %(endpoint_id)s"
    )
    row = connection.cursor(binary=True).execute(query.encode(), {"endpoint_id": endpoint_id}).fetchone()
    assert row is not None
    return Stands(*row)


def _number(place: str | None, otherwise: int) -> int:
    if place is None:
        return otherwise
    if not place.isascii() or not place.isdigit() or len(place) > 18:  # noqa: PLR2004 - fits 64 bits
        raise BadPlace("after", place=place[:40])
    return int(place)
