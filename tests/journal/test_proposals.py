"""What nothing undoes takes two people, who are two, ask for the same, and in time."""

import pytest
from agreeing import DONE, MADE, NEW, ONE, OTHER, STANDS, THREE, TWO, WITHDRAW, Agreeing, kinds, person
from msgspec.structs import replace

from holdfast.engine.execution import Submission
from holdfast.engine.tasks import Possible
from holdfast.journal.held import LOG, LogHeld
from holdfast.journal.model import DestroyKeys, LogRestarted
from holdfast.journal.proposals import (
    Proposal,
    ProposalLapsed,
    ProposalMade,
    ProposalSeconded,
    ProposalState,
    proposal_id,
)
from holdfast.kernel.actor import LIBRARY, Actor, Door, Nature, Role
from holdfast.kernel.clock import DAY


def test_the_first_proposes_and_the_second_has_it_done() -> None:
    there = Agreeing()
    [made] = there.ask("Li").facts
    assert isinstance(made.body, ProposalMade)
    assert (made.body.command, made.body.about, made.body.needed, made.body.until) == (
        "RestartLog",
        "origin=log.example/new",
        2,
        there.now + STANDS,
    )
    assert made.actor == person("Li")
    assert there.log == "old"
    seconded, restarted = there.ask("Wang").facts
    assert there.log == "new"
    assert isinstance(seconded.body, ProposalSeconded)
    assert (seconded.body.number, seconded.body.asked, seconded.body.left) == (made.body.number, 2, 0)
    assert isinstance(restarted.body, LogRestarted)
    assert restarted.body.proposal == made.body.number
    assert seconded.actor == restarted.actor == person("Wang")
    row = there.proposal()
    assert (row.state, row.people, row.asked, row.wake_at) == (
        ProposalState.CARRIED_OUT,
        ("Li", "Wang"),
        "",
        None,
    )
    assert there.wait_until(there.now + 2 * STANDS) == []


@pytest.mark.parametrize("spelt", ["Li Wei", "li wei", "LI WEI", "Ｌｉ Ｗｅｉ"])
def test_one_person_by_two_spellings_roles_or_doors_is_one(spelt: str) -> None:
    there = Agreeing()
    assert there.told("Li Wei") == MADE
    assert there.told(spelt) == ["asked_already"]
    assert there.told(person(spelt, Role.REGULATOR, Door.API)) == ["asked_already"]
    assert there.log == "old"
    assert there.proposal().people == ("Li Wei",)


def test_a_machine_neither_proposes_nor_seconds() -> None:
    there = Agreeing()
    key = Actor(Nature.MACHINE, "Wang", Role.STAFF, Door.API)
    assert there.told(LIBRARY) == ["person_needed"]
    assert there.told("Li") == MADE
    assert there.told(key) == ["person_needed"]
    assert there.told(key, WITHDRAW) == ["person_needed"]
    assert there.log == "old"


def test_who_withdraws_and_asks_again_has_proposed_once() -> None:
    there = Agreeing()
    assert there.told("Li") == MADE
    first = there.proposal().number
    assert there.told("Wang", WITHDRAW) == ["not_the_proposer"]
    assert there.told("li", WITHDRAW) == ["ProposalWithdrawn"]
    assert there.told("Li", WITHDRAW) == ["wrong_state"]
    assert there.told("Li") == MADE
    assert there.proposal().number != first
    assert there.told("Li") == ["asked_already"]
    assert there.told("Li", WITHDRAW) == ["ProposalWithdrawn"]
    assert there.told("Wang") == MADE
    assert there.log == "old"
    assert there.told("Li") == DONE


def test_what_is_withdrawn_was_never_proposed() -> None:
    assert Agreeing().told("Li", WITHDRAW) == ["not_found"]


def test_another_subject_is_another_proposal() -> None:
    there = Agreeing()
    assert there.told("Li", NEW) == MADE
    assert there.told("Wang", OTHER) == MADE
    assert there.told("Wang", replace(NEW, vkey="of another")) == MADE
    assert there.log == "old"
    assert there.told("Wang", NEW) == DONE
    assert there.log == "new"


def test_at_its_deadline_it_lapses_and_who_asks_then_begins_anew() -> None:
    there = Agreeing()
    there.ask("Li")
    until = there.proposal().until
    [lapsed] = there.wait_until(until)
    assert isinstance(lapsed, ProposalLapsed)
    assert (lapsed.asked, lapsed.until) == (1, until)
    assert there.proposal().asked == ""
    assert there.told("Li", WITHDRAW) == ["wrong_state"]
    assert there.told("Wang") == MADE
    assert there.told("Li") == DONE


def test_a_deadline_that_nobody_has_woken_is_one_all_the_same() -> None:
    there = Agreeing()
    there.ask("Li")
    there.now = there.proposal().until - 1
    assert there.told("li") == ["asked_already"]
    there.now += 1
    assert there.told("Li", WITHDRAW) == ["wrong_state"]
    assert there.told("Wang") == ["ProposalLapsed", *MADE]
    assert there.log == "old"
    assert there.proposal().people == ("Wang",)
    assert there.wait_until(there.now) == []


def test_each_persons_key_answers_what_that_request_did() -> None:
    there = Agreeing()
    made = there.ask("Li", key="k").facts
    done = there.ask("Wang", key="k").facts
    assert [fact.kind for fact in done] == DONE
    for _ in range(2):
        assert there.ask("Li", key="k").replayed_ids == tuple(fact.id for fact in made)
        assert there.ask("Wang", key="k").replayed_ids == tuple(fact.id for fact in done)
    assert there.told("Li", OTHER, key="k") == ["key_reused"]
    assert there.told("li", key="k") == ["log_goes_on"]


def test_the_key_of_the_first_sent_again_is_no_second() -> None:
    there = Agreeing()
    there.ask("Li", key="k")
    assert there.told("Li", key="k") == []
    assert there.told(person("Li", Role.REGULATOR), key="k") == []
    assert there.told("LI", key="k") == ["asked_already"]
    assert there.log == "old"


def test_what_could_not_happen_is_not_proposed() -> None:
    there = Agreeing()
    assert there.told("Li", replace(NEW, vkey="old")) == ["log_goes_on"]
    assert there.told("Li", DestroyKeys(subject="consumer:c1")) == ["nothing_to_erase"]
    assert [fact.kind for fact in there.home.facts()] == ["PolicyAdopted"]


def test_where_the_second_is_refused_the_proposal_stands() -> None:
    there = Agreeing()
    there.ask("Li")
    before = there.proposal()
    held = there.home.row(LogHeld, LOG)
    assert held is not None
    there.home.desk.put(replace(held, running=True), held)
    there.home.desk.changes = []
    assert there.told("Wang", key="k") == ["sequencer_running"]
    assert there.proposal() == before
    there.home.desk.put(held, there.home.row(LogHeld, LOG))
    there.home.desk.changes = []
    assert there.told("Wang", key="k") == DONE


def test_policies_of_before_ask_for_one() -> None:
    there = Agreeing(ONE)
    assert there.told("Li") == ["LogRestarted"]
    assert list(there.home.rows(Proposal)) == []


def test_before_there_is_a_policy_one_is_enough() -> None:
    assert Agreeing(None).told("Li") == ["LogRestarted"]


def test_a_policy_that_asks_for_fewer_frees_no_proposal() -> None:
    there = Agreeing()
    there.ask("Li")
    there.home.adopt(ONE, there.now)
    assert there.told("Li") == ["asked_already"]
    assert there.told("Wang") == DONE


def test_a_policy_that_asks_for_more_asks_for_them_at_once() -> None:
    there = Agreeing()
    there.ask("Li")
    there.home.adopt(THREE, there.now)
    [seconded] = there.ask("Wang").facts
    assert isinstance(seconded.body, ProposalSeconded)
    assert (seconded.body.asked, seconded.body.left) == (2, 1)
    assert there.log == "old"
    assert there.told("WANG") == ["asked_already"]
    there.home.adopt(TWO, there.now + 1)
    there.now += 1
    [*_, restarted] = there.ask("Zhao").facts
    assert isinstance(restarted.body, LogRestarted)
    assert restarted.body.proposal == seconded.body.number
    assert there.proposal().people == ("Li", "Wang", "Zhao")


def test_whoever_asked_may_end_it_where_three_have_to() -> None:
    there = Agreeing(THREE)
    there.ask("Li")
    there.ask("Wang")
    assert there.told("Wang", WITHDRAW) == ["ProposalWithdrawn"]
    assert there.told("Zhao") == MADE


def test_a_late_one_under_a_policy_of_one_lapses_and_happens() -> None:
    there = Agreeing()
    there.ask("Li")
    there.now = there.proposal().until
    there.home.adopt(ONE, there.now)
    assert there.told("Li") == ["ProposalLapsed", "LogRestarted"]


def test_two_in_one_batch_are_two_people() -> None:
    there = Agreeing()
    batch = [Submission(NEW, there.now, None, person(name)) for name in ("Li", "li", "Wang", "Wang")]
    first, again, second, late = there.home.run(batch)
    assert (kinds(first), kinds(second)) == (MADE, DONE)
    refusals = [each.refusal.code for each in (again, late) if each.refusal is not None]
    assert refusals == ["asked_already", "log_goes_on"]


def test_it_is_a_task_that_says_what_is_to_be_asked_for() -> None:
    there = Agreeing()
    there.ask("Li")
    [task] = there.home.tasks(there.now).items
    assert (task.kind, task.role, task.since, task.due) == (
        "proposal",
        Role.STAFF,
        there.now,
        there.proposal().until,
    )
    assert task.may == (
        Possible("RestartLog", {"origin": "log.example/new", "vkey": "new"}),
        Possible("WithdrawProposal", {"proposal_id": proposal_id(NEW)}),
    )
    there.now += DAY
    there.ask("Wang")
    assert there.home.tasks(there.now).items == ()


def test_the_journal_does_not_name_whom_it_is_to_forget() -> None:
    """Nor by a digest, which whoever knows the ids could try them on."""
    command = DestroyKeys(subject="consumer:c1")
    assert command.approval.told == ()
    assert "c1" not in proposal_id(command)
    there = Agreeing()
    [made] = there.ask("Li").facts
    assert isinstance(made.body, ProposalMade)
    assert proposal_id(NEW).partition("/")[2] not in repr(made.body)


def test_no_field_names_who_asked() -> None:
    """The log knows people by pseudonyms; who asked are the actors of the facts."""
    there = Agreeing(THREE)
    for name in ("Li", "Wang", "Zhao"):
        there.ask(name)
    told = [fact for fact in there.home.facts() if fact.kind != "PolicyAdopted"]
    assert [fact.actor for fact in told] == [person(name) for name in ("Li", "Wang", "Zhao", "Zhao")]
    assert not any(name in repr(fact.body) for fact in told for name in ("Li", "Wang", "Zhao"))
