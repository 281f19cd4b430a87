"""Invariants of the journal, its feed, answered requests, and deadlines that failed."""

from holdfast.journal.feed import Cursor
from holdfast.journal.model import PutAside
from holdfast.journal.proposal_checks import proposals_are_agreed
from holdfast.journal.requests import Request
from holdfast.kernel.check import Books, Check, Finding, Tally
from holdfast.kernel.clock import iso

_ID_INSTANT_DIGITS = 12
"""The hexadecimal digits of an id that say its instant (RFC 9562 §5.7)."""


def journal_ascends(books: Books) -> list[Finding]:
    """Every fact is in the journal once: ids ascend, and none is there twice."""
    findings: list[Finding] = []
    last = ""
    for fact in books.facts():
        if fact.id <= last:
            findings.append(Finding(f"fact:{fact.id}", f"it comes after {last}"))
        last = max(last, fact.id)
    return findings


def feed_is_whole(books: Books) -> list[Finding]:
    """Every fact has one position in the feed, positions have no gap, and no reader is beyond the last."""
    tally = Tally()
    findings: list[Finding] = []
    size = 0
    for position, fact_id in books.positions():
        if position != size:
            findings.append(Finding(f"feed:{position}", f"{size} was to come, at fact {fact_id}"))
        size = position + 1
        tally.add(fact_id)
    for fact in books.facts():
        tally.remove(fact.id)
    findings += [
        Finding(f"reader:{cursor.id}", f"it is at {cursor.position}, and the feed has {size} facts")
        for cursor in books.rows(Cursor)
        if cursor.position > size
    ]
    return findings if not tally.total else [*findings, *_misplaced(books)]


def _misplaced(books: Books) -> list[Finding]:
    """Return findings for facts that are not in the feed exactly once: slower, as it keeps their ids."""
    times: dict[str, int] = {}
    for _, fact_id in books.positions():
        times[fact_id] = times.get(fact_id, 0) + 1
    for fact in books.facts():
        times[fact.id] = times.get(fact.id, 0) - 1
    return [
        Finding(f"fact:{key}", "it has no position in the feed" if count < 0 else "it has several")
        for key, count in sorted(times.items())
        if count
    ] or [Finding("feed", "it has other facts than the journal")]


def times_are_plausible(books: Books) -> list[Finding]:
    """A fact happened no later than its id was made, and no earlier than the first fact of all."""
    findings: list[Finding] = []
    first: int | None = None
    for fact in books.facts():
        first = fact.at if first is None else first
        made = int(fact.id[:_ID_INSTANT_DIGITS], 16)
        if not first <= fact.at <= made:
            findings.append(
                Finding(f"fact:{fact.id}", f"{iso(fact.at)} is before {iso(first)} or after {iso(made)}")
            )
    return findings


def requests_have_their_facts(books: Books) -> list[Finding]:
    """Every answered request names facts that are in the journal, or a refusal."""
    named = {fact_id: row.id for row in books.rows(Request) for fact_id in row.fact_ids}
    for fact in books.facts():
        named.pop(fact.id, None)
    findings = [
        Finding(f"key:{key}", f"its fact {fact_id} is not in the journal")
        for fact_id, key in sorted(named.items())
    ]
    findings += [
        Finding(f"key:{row.id}", "it is refused and has facts")
        for row in books.rows(Request)
        if row.refusal is not None and row.fact_ids
    ]
    return findings


def no_deadline_is_put_aside(books: Books) -> list[Finding]:
    """No deadline waits to be tried again because it failed by an error of ours."""
    return [
        Finding(
            f"{row.row_kind.lower()}:{row.row_id}",
            f"its deadline failed, for which see {row.fact_id} in the log, and comes at {iso(row.wake_at)}",
        )
        for row in books.rows(PutAside)
        if row.wake_at is not None
    ]


CHECKS: tuple[Check, ...] = (
    journal_ascends,
    feed_is_whole,
    times_are_plausible,
    requests_have_their_facts,
    no_deadline_is_put_aside,
    proposals_are_agreed,
)
