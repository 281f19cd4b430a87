"""What is decided about the log, by the core alone: who may, what the law keeps, what is refused."""

from random import Random
from typing import Any

import pytest

from holdfast.engine.execution import Executed, Submission, execute
from holdfast.engine.memory import Memory
from holdfast.house import COMMANDS
from holdfast.journal.erasing import KEPT_FOR, plan
from holdfast.journal.held import LOG, Dealing, KeysHeld, LogHeld
from holdfast.journal.model import (
    DestroyKeys,
    DestroyKeysAgain,
    KeysDestroyed,
    LogRestarted,
    RestartLog,
)
from holdfast.journal.proposals import Proposal, proposal_id
from holdfast.kernel.actor import LIBRARY, Actor, Door, Nature, Role
from holdfast.kernel.clock import DAY, Instant, parse
from holdfast.kernel.desk import Desk
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command, Row
from holdfast.policy.model import IN_FORCE, InForce, version_in_force

NOW: Instant = parse("2026-03-01")
LI = Actor(Nature.PERSON, "Li", Role.STAFF, Door.COMMAND_LINE)
SUBJECT = "consumer:c1"
OTHER = RestartLog(origin="log.example/other", vkey="other")


def held(*dealings: Dealing, waiting: int = 0, **tags: str) -> KeysHeld:
    known = {"": "own", **{each.order_id: f"tag of {each.order_id}" for each in dealings}, **tags}
    return KeysHeld(id=SUBJECT, pseudonym="p", tags=known, dealings=dealings, waiting=waiting)


def decide(command: Command, *rows: Row, actor: Actor = LI) -> tuple[Executed, Desk]:
    """Run a command over the rows of a log, as a home does that has a keeper of them."""
    tables: dict[type[Row], dict[str, Any]] = {
        kind: {SUBJECT: None, LOG: None, "merchant:m": None} for kind in (KeysHeld, LogHeld)
    }
    tables[InForce] = {IN_FORCE: None}
    tables[Proposal] = {proposal_id(command): None}
    for row in rows:
        tables[type(row)][row.id] = row
    desk = Desk(tables, lambda _: (), Ids(Random(1)), version_in_force)
    return execute(desk, Submission(command, NOW, None, actor), COMMANDS), desk


def code(command: Command, *rows: Row, actor: Actor = LI) -> str:
    outcome = decide(command, *rows, actor=actor)[0].outcome
    assert outcome.refusal is not None
    return outcome.refusal.code


def ended(order_id: str, ago: Instant) -> Dealing:
    return Dealing(order_id, NOW - ago, ended=True)


def test_the_day_on_which_three_years_are_over_is_the_first_on_which_a_key_goes() -> None:
    found = plan(held(ended("a", KEPT_FOR), ended("b", KEPT_FOR - 1), Dealing("c", 0, ended=False)), NOW)
    assert found.due == ("a",)
    assert [(deal.order_id, deal.kept_until) for deal in found.kept] == [("b", NOW + 1), ("c", None)]
    assert found.kept_until is None
    assert not found.whole
    assert plan(held(ended("b", KEPT_FOR - DAY)), NOW).kept_until == NOW + DAY


def test_what_is_destroyed_is_put_and_told_without_a_name() -> None:
    executed, desk = decide(
        DestroyKeys(subject=SUBJECT), held(ended("a", KEPT_FOR), Dealing("c", 0, ended=False))
    )
    [fact] = executed.outcome.facts
    assert isinstance(fact.body, KeysDestroyed)
    assert (fact.body.deals, fact.body.kept, fact.body.whole) == (1, 1, False)
    assert fact.actor == LI
    row = desk.find(KeysHeld, SUBJECT)
    assert row is not None
    assert row.going == ("a",)
    assert SUBJECT not in repr(fact.body)


def test_with_all_deals_goes_the_own_key() -> None:
    _, desk = decide(DestroyKeys(subject=SUBJECT), held(ended("a", KEPT_FOR)))
    row = desk.find(KeysHeld, SUBJECT)
    assert row is not None
    assert row.going == ("a", "")


def test_who_may_not_and_what_may_not() -> None:
    old = held(ended("a", KEPT_FOR))
    assert code(DestroyKeys(subject=SUBJECT), old, actor=LIBRARY) == "person_needed"
    assert code(DestroyKeys(subject="order:o"), old) == "bad_erasure"
    assert code(DestroyKeys(subject="merchant:m"), old) == "nothing_to_erase"
    assert code(DestroyKeys(subject=SUBJECT), held(ended("a", 0))) == "kept_by_law"
    assert code(DestroyKeys(subject=SUBJECT), held(ended("a", KEPT_FOR), waiting=2)) == "facts_waiting"
    assert code(DestroyKeysAgain(subject=SUBJECT, tags=("no",), reason=""), old) == "nothing_to_erase"
    assert code(DestroyKeysAgain(subject="x", tags=("own",), reason=""), old) == "bad_erasure"


def test_what_a_backup_brought_back_goes_by_its_tags_and_whatever_the_law_keeps() -> None:
    command = DestroyKeysAgain(subject=SUBJECT, tags=("tag of b", "another's"), reason="backup")
    executed, desk = decide(command, held(ended("a", 0), ended("b", 0)), actor=LIBRARY)
    [fact] = executed.outcome.facts
    assert isinstance(fact.body, KeysDestroyed)
    assert (fact.body.deals, fact.body.kept, fact.body.whole) == (1, 1, False)
    row = desk.find(KeysHeld, SUBJECT)
    assert row is not None
    assert row.going == ("b",)


def test_a_log_is_begun_anew_by_a_person_where_none_runs() -> None:
    row = LogHeld(id=LOG, origin="log.example/one", vkey="one", size=7)
    executed, desk = decide(OTHER, row)
    [fact] = executed.outcome.facts
    assert isinstance(fact.body, LogRestarted)
    assert (fact.body.origin, fact.body.former_size) == (OTHER.origin, 7)
    assert desk.find(LogHeld, LOG) == LogHeld(id=LOG, origin=OTHER.origin, vkey="other", size=0)
    assert code(OTHER, row, actor=LIBRARY) == "person_needed"
    assert code(OTHER, LogHeld(id=LOG, origin=None, vkey="other", size=7)) == "log_goes_on"
    running = LogHeld(id=LOG, origin=None, vkey="one", size=7, running=True)
    assert code(OTHER, running) == "sequencer_running"


@pytest.mark.parametrize(
    ("command", "refused"), [(OTHER, "no_log_kept"), (DestroyKeys(subject=SUBJECT), "nothing_to_erase")]
)
def test_a_home_that_keeps_no_log_says_so(command: Command, refused: str) -> None:
    [outcome] = Memory(Ids(Random(1)), guard=None).run([Submission(command, NOW, None, LI)])
    assert outcome.refusal is not None
    assert outcome.refusal.code == refused
