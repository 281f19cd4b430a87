"""The audit of proposals sees who was not two people, what came too late, and what was not told."""

from collections.abc import Iterator
from random import Random

import pytest
from msgspec.structs import replace

from histories import START, policy
from holdfast.audit.checks import audit
from holdfast.engine.execution import Submission
from holdfast.engine.memory import Memory
from holdfast.journal.held import LOG, LogHeld
from holdfast.journal.model import RestartLog
from holdfast.journal.proposals import (
    Proposal,
    ProposalFact,
    ProposalState,
    WithdrawProposal,
    proposal_id,
)
from holdfast.kernel.actor import CLOCK, LIBRARY
from holdfast.kernel.clock import DAY
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command, Fact
from who_asks import person

NEW = RestartLog(origin="log.example/new", vkey="new")
WITHDRAW = WithdrawProposal(proposal_id=proposal_id(NEW))
STANDS = policy("full").proposal_stands


class Tampered(Memory):
    """A home whose journal tells something else about proposals: `as_told` are the facts that do."""

    def __init__(self) -> None:
        super().__init__(Ids(Random(1)), guard=None)
        self.as_told: list[Fact] | None = None

    def facts(self, *, order_id: str | None = None, merchant_id: str | None = None) -> Iterator[Fact]:
        told = list(super().facts(order_id=order_id, merchant_id=merchant_id))
        if self.as_told is not None:
            told = [fact for fact in told if not isinstance(fact.body, ProposalFact)] + self.as_told
        yield from told


def books(*asked: tuple[str, Command]) -> Tampered:
    """A home with a log, where people asked for something."""
    home = Tampered()
    home.adopt(policy("full"), START)
    home.desk.put(LogHeld(id=LOG, origin=None, vkey="old", size=0), None)
    home.desk.changes = []
    for name, command in asked:
        [outcome] = home.run([Submission(command, START, None, person(name))])
        assert outcome.accepted
    assert wrong(home) == []
    return home


def wrong(home: Tampered) -> list[str]:
    """Return what the check says is wrong, without where."""
    [found] = [each for each in audit(home).checks if each.name == "proposals_are_agreed"]
    return [finding.what for finding in found.findings]


def steps(home: Tampered) -> list[Fact]:
    return [fact for fact in home.facts() if isinstance(fact.body, ProposalFact)]


PROPOSED = (("Li", NEW),)
DONE = (*PROPOSED, ("Wang", NEW))


@pytest.mark.parametrize(
    ("asked", "changes", "said"),
    [
        (PROPOSED, {"people": ("Wang",)}, "the journal tells otherwise"),
        (PROPOSED, {"state": ProposalState.LAPSED}, "still kept as if it were open"),
        (PROPOSED, {"wake_at": None}, "and wakes at None"),
        (PROPOSED, {"wake_at": START}, f"and wakes at {START}"),
        (DONE, {"people": ("Li", "li")}, "the journal tells otherwise"),
        (DONE, {"needed": 3}, "the journal tells otherwise"),
        (DONE, {"asked": "{}"}, "still kept as if it were open"),
    ],
    ids=str,
)
def test_a_row_that_was_tampered_with_is_found(
    asked: tuple[tuple[str, Command], ...], changes: dict[str, object], said: str
) -> None:
    home = books(*asked)
    [row] = home.rows(Proposal)
    home.desk.put(replace(row, **changes), row)
    assert any(said in what for what in wrong(home)), wrong(home)


def test_one_that_slept_past_its_deadline_is_found() -> None:
    """Others of its time were kept: a fact of the clock is of later."""
    home = books(*PROPOSED)
    [policy_told, *_] = [fact for fact in home.facts() if not isinstance(fact.body, ProposalFact)]
    later = replace(policy_told, id="f" * 32, at=START + STANDS + DAY, actor=CLOCK)
    home.as_told = [*steps(home), later]
    assert any("was to lapse at" in what for what in wrong(home))


def test_people_who_are_not_two_are_found() -> None:
    home = books(*DONE)
    made, seconded = steps(home)
    home.as_told = [made, replace(seconded, actor=person("li"))]
    assert "one person asked twice, of Li, li" in wrong(home)
    home.as_told = [made, replace(seconded, actor=LIBRARY)]
    assert "library is no person" in wrong(home)
    home.as_told = [made, replace(seconded, body=replace(seconded.body, asked=3))]
    assert "3 asked and 0 are left; it was Li, Wang, and takes 2" in wrong(home)
    home.as_told = [replace(made, body=replace(made.body, needed=3)), seconded]
    assert "2 asked and 0 are left; it was Li, Wang, and takes 3" in wrong(home)


def test_steps_at_the_wrong_time_are_found() -> None:
    home = books(*DONE)
    made, seconded = steps(home)
    home.as_told = [made, replace(seconded, at=START + STANDS)]
    assert any(what.startswith("it was over at") for what in wrong(home))
    home.as_told = [seconded]
    assert "nothing was open that this could be about" in wrong(home)
    home.as_told = [made, seconded, replace(seconded, id="f" * 32)]
    assert "nothing was open that this could be about" in wrong(home)
    home.as_told = [made, replace(made, id="f" * 32), seconded]
    assert "it was proposed before under this number" in wrong(home)


def test_an_end_that_was_no_end_is_found() -> None:
    home = books(*PROPOSED, ("Li", WITHDRAW))
    made, withdrawn = steps(home)
    home.as_told = [made, replace(withdrawn, actor=person("Wang"))]
    assert "Wang withdrew it, and did not ask for it" in wrong(home)
    lapsing = books(*PROPOSED)
    lapsing.advance(START + STANDS)
    made, lapsed = steps(lapsing)
    lapsing.as_told = [made, replace(lapsed, at=START)]
    assert any(what.startswith("it lapsed before") for what in wrong(lapsing))


def test_one_that_no_row_has_is_found() -> None:
    home = books(*PROPOSED)
    [made] = steps(home)
    home.as_told = [made, replace(made, id="f" * 32, body=replace(made.body, number="another"))]
    assert "the journal tells that it is open, and no row does" in wrong(home)
