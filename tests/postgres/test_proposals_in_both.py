"""What two people have to ask for, in both homes, and by several processes at once."""

from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from random import Random

import pytest
from two_homes import Both, both

from histories import START, policy
from holdfast.audit.checks import audit
from holdfast.engine.execution import Outcome, Submission
from holdfast.journal.held import LOG, LogHeld
from holdfast.journal.model import RestartLog
from holdfast.journal.proposals import Proposal, ProposalState, WithdrawProposal, proposal_id
from holdfast.kernel.clock import DAY, Instant
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command
from holdfast.postgres.home import Postgres
from holdfast.postgres.keepers import Keepers
from holdfast.publishing import anew, place
from who_asks import person

TWO = policy("full")
KEEPERS: Keepers = {LogHeld: anew.LogKeeper()}


@pytest.fixture
def restart(tmp_path: Path) -> RestartLog:
    """The command that begins the log anew."""
    return anew.restart(place.make(tmp_path / "log", "log.example/new"))


def told(outcome: Outcome) -> list[str]:
    return [fact.kind for fact in outcome.facts] if outcome.refusal is None else [outcome.refusal.code]


def ask(homes: Both, by: str, command: Command, at: Instant = START) -> list[str]:
    """Have a person ask for a command in both homes, which agree in all rows, facts and tasks."""
    [outcome] = homes.run([Submission(command, at, f"of {by}", person(by))])
    homes.assert_same()
    assert not audit(homes.postgres).findings
    return told(outcome)


def test_both_homes_keep_the_same_proposal(migrated_url: str, restart: RestartLog) -> None:
    with both(migrated_url, keepers=KEEPERS) as homes:
        homes.memory.desk.put(LogHeld(id=LOG, origin=None, vkey="old", size=0), None)
        homes.memory.desk.changes = []
        homes.adopt(TWO, START)
        withdraw = WithdrawProposal(proposal_id=proposal_id(restart))
        assert ask(homes, "Li", restart) == ["ProposalMade"]
        assert ask(homes, "LI", restart) == ["asked_already"]
        assert ask(homes, "Li ", restart) == ["bad_actor"]
        homes.advance(START + TWO.proposal_stands - 1)
        assert ask(homes, "Wang", withdraw, START + TWO.proposal_stands - 1) == ["not_the_proposer"]
        assert homes.advance(START + TWO.proposal_stands) == 1
        homes.assert_same()
        [row] = homes.postgres.rows(Proposal)
        assert row.state is ProposalState.LAPSED
        later = START + 8 * DAY
        assert ask(homes, "Zhao", restart, later) == ["ProposalMade"]
        assert ask(homes, "zhao", withdraw, later) == ["ProposalWithdrawn"]
        assert ask(homes, "Qian", restart, later) == ["ProposalMade"]
        assert ask(homes, "Sun", restart, later + TWO.proposal_stands) == ["ProposalLapsed", "ProposalMade"]
        assert ask(homes, "Zhou", restart, later + TWO.proposal_stands) == [
            "ProposalSeconded",
            "LogRestarted",
        ]


def by_a_process(url: str, by: str, command: RestartLog) -> list[str]:
    """Ask for a command in a process of its own."""
    with closing(Postgres(url, None, Ids(Random(by)), guard=None, keepers=KEEPERS)) as home:
        [outcome] = home.run([Submission(command, START, "k", person(by))])
    return told(outcome)


def at_once(url: str, people: tuple[str, ...], command: RestartLog) -> list[list[str]]:
    """Have people ask for a command at once, each in a process of its own; return the answers, sorted."""
    with ProcessPoolExecutor(len(people), get_context("spawn")) as processes:
        asking = [processes.submit(by_a_process, url, name, command) for name in people]
        return sorted(one.result() for one in asking)


def test_of_two_who_second_at_once_one_does(migrated_url: str, restart: RestartLog) -> None:
    with closing(Postgres(migrated_url, None, Ids(Random(1)), guard=None, keepers=KEEPERS)) as home:
        home.adopt(TWO, START)
        [made] = home.run([Submission(restart, START, None, person("Li"))])
        assert told(made) == ["ProposalMade"]
        answers = at_once(migrated_url, ("Wang", "Zhao"), restart)
        assert answers == [["ProposalSeconded", "LogRestarted"], ["log_goes_on"]]
        [row] = home.rows(Proposal)
        assert (row.state, row.people[0], len(row.people)) == (ProposalState.CARRIED_OUT, "Li", 2)
        assert not audit(home).findings


def test_of_two_who_come_first_at_once_one_proposes_and_the_other_seconds(
    migrated_url: str, restart: RestartLog
) -> None:
    with closing(Postgres(migrated_url, None, Ids(Random(1)), guard=None, keepers=KEEPERS)) as home:
        home.adopt(TWO, START)
        answers = at_once(migrated_url, ("Li", "Wang"), restart)
        assert answers == [["ProposalMade"], ["ProposalSeconded", "LogRestarted"]]
        assert not audit(home).findings


def test_one_person_in_two_processes_is_one(migrated_url: str, restart: RestartLog) -> None:
    with closing(Postgres(migrated_url, None, Ids(Random(1)), guard=None, keepers=KEEPERS)) as home:
        home.adopt(TWO, START)
        assert at_once(migrated_url, ("Li", "li"), restart) == [["ProposalMade"], ["asked_already"]]
        assert not audit(home).findings
