"""Invariants of proposals: what several people had to ask for was asked for by several, and in time."""

from collections.abc import Iterator
from typing import NamedTuple

from holdfast.journal.proposals import (
    Proposal,
    ProposalFact,
    ProposalLapsed,
    ProposalMade,
    ProposalSeconded,
    ProposalState,
    ProposalWithdrawn,
)
from holdfast.kernel.actor import CLOCK, Nature, read_as
from holdfast.kernel.check import Books, Finding
from holdfast.kernel.clock import Instant, iso
from holdfast.kernel.rows import Fact


class _Told(NamedTuple):
    """What the journal has told of a proposal: its state, who asked, of how many at least, by when."""

    state: ProposalState
    people: tuple[str, ...]
    needed: int
    until: Instant


def proposals_are_agreed(books: Books) -> list[Finding]:
    """A proposal is done by as many people as it needs, all different, in time; none is open beyond that."""
    told: dict[str, _Told] = {}
    findings: list[Finding] = []
    kept_at: Instant | None = None
    for fact in books.facts():
        if fact.actor == CLOCK:
            kept_at = fact.at
        if isinstance(fact.body, ProposalFact):
            wrong = _step(told, fact, fact.body)
            findings += [Finding(f"fact:{fact.id}", what) for what in wrong]
    for row in books.rows(Proposal):
        wrong = _row(row, told.pop(row.number, None), kept_at)
        findings += [Finding(f"proposal:{row.id}", what) for what in wrong]
    findings += [
        Finding(f"proposal:{number}", "the journal tells that it is open, and no row does")
        for number, last in sorted(told.items())
        if last.state is ProposalState.OPEN
    ]
    return findings


def _step(told: dict[str, _Told], fact: Fact, body: ProposalFact) -> Iterator[str]:
    """Take one fact about a proposal, and yield what is wrong with it."""
    person = "" if fact.actor is None else fact.actor.id
    if isinstance(body, ProposalMade):
        if body.number in told:
            yield "it was proposed before under this number"
        told[body.number] = _Told(ProposalState.OPEN, (person,), body.needed, body.until)
        return
    last = told.get(body.number)
    if last is None or last.state is not ProposalState.OPEN:
        yield "nothing was open that this could be about"
        return
    match body:
        case ProposalSeconded(asked=asked, left=left):
            people = (*last.people, person)
            yield from _seconded(fact, last, people, asked, left)
            state = ProposalState.OPEN if left else ProposalState.CARRIED_OUT
            told[body.number] = _Told(state, people, len(people) + left, last.until)
        case ProposalWithdrawn():
            if read_as(person) not in map(read_as, last.people):
                yield f"{person} withdrew it, and did not ask for it"
            told[body.number] = last._replace(state=ProposalState.WITHDRAWN)
        case ProposalLapsed():
            if fact.at < last.until:
                yield f"it lapsed before {iso(last.until)}"
            told[body.number] = last._replace(state=ProposalState.LAPSED)
        case _:
            yield "it is no step of a proposal"


def _seconded(fact: Fact, last: _Told, people: tuple[str, ...], asked: int, left: int) -> Iterator[str]:
    if fact.actor is None or fact.actor.nature is not Nature.PERSON:
        yield f"{people[-1]} is no person"
    if len(set(map(read_as, people))) != len(people):
        yield f"one person asked twice, of {', '.join(people)}"
    if asked != len(people) or asked + left < last.needed:
        yield f"{asked} asked and {left} are left; it was {', '.join(people)}, and takes {last.needed}"
    if fact.at >= last.until:
        yield f"it was over at {iso(last.until)}"


def _row(row: Proposal, last: _Told | None, kept_at: Instant | None) -> Iterator[str]:
    stands = _Told(row.state, row.people, row.needed, row.until)
    if last is None or stands != last:
        yield f"it is {row.state}, asked for by {', '.join(row.people)}, and the journal tells otherwise"
    if row.state is not ProposalState.OPEN:
        if row.wake_at is not None or row.asked:
            yield f"it is {row.state}, and still kept as if it were open"
    elif row.wake_at is None or row.wake_at < row.until:
        yield f"it is open until {iso(row.until)}, and wakes at {row.wake_at}"
    elif kept_at is not None and row.wake_at < kept_at:
        yield f"it is open, and was to lapse at {iso(row.until)}"
