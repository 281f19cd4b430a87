"""What a desk lacks in the midst of a play is fetched, and the command that missed it begun again."""

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from holdfast.engine.agenda import Agenda, Around, end_of, no_reaction, play
from holdfast.engine.execution import Executed, Outcome, Submission
from holdfast.house import commands_of
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk, Missed, NotLoaded
from holdfast.kernel.ids import Ids
from holdfast.kernel.room import Room
from holdfast.kernel.rows import Command, FactBody, Row
from holdfast.ledger.model import Account

NOW: Instant = 1_000


class Constant(Random):
    """A source of the same bits at every call: ids then depend on the order of making alone."""

    def getrandbits(self, _k: int, /) -> int:
        return 0


class Rows(dict[str, Any]):
    """Rows of a kind, of which those that are not there are not loaded."""

    def __init__(self, kind: type[Row]) -> None:
        super().__init__()
        self.kind = kind

    def __missing__(self, key: str) -> None:
        raise NotLoaded(self.kind, key)


class Tables(dict[type[Row], Rows]):
    """Such rows of every kind."""

    def __missing__(self, kind: type[Row]) -> Rows:
        self[kind] = rows = Rows(kind)
        return rows


class Named(FactBody, frozen=True, kw_only=True):
    """An id was made for an account that was looked at."""

    account_id: str
    made: str


class Look(Command, frozen=True, kw_only=True):
    """Make an id, open one account, and look at another."""

    opens: str
    looks: str


def look(desk: Desk, command: Look, now: Instant) -> Sequence[FactBody]:
    """Leave something on the desk before the row is missed."""
    made = desk.ids.new(now)
    desk.add(Account(id=command.opens, currency="CNY", never_negative=False))
    desk.find(Account, command.looks)
    return [Named(account_id=command.looks, made=made)]


COMMANDS = commands_of([Room("looking", handles={Look: look})])


TIMELINE = [Submission(Look(opens=f"new{number}", looks=f"old{number % 3}"), NOW) for number in range(6)]


def played(known: Sequence[str], *, fetches: bool) -> tuple[list[Outcome], list[list[str]], list[str]]:
    """Play; return the outcomes, the ids of the rows that each changed, and what was fetched."""
    tables = Tables()
    tables[Account].update(dict.fromkeys(known))
    desk = Desk(tables, lambda _page: (), Ids(Constant()), lambda _desk: "none")
    agenda = Agenda()
    for submission in TIMELINE:
        agenda.add(submission)
    outcomes: list[Outcome] = []
    changed: list[list[str]] = []
    fetched: list[str] = []

    def fetch(miss: NotLoaded) -> bool:
        if fetches:
            fetched.append(str(miss.key))
            tables[Account][str(miss.key)] = None
        return fetches

    def absorb(executed: Executed) -> None:
        outcomes.append(executed.outcome)
        changed.append([change.id for change in executed.changes])

    def listen(_submission: Submission | None, _at: Instant, _outcome: Outcome) -> None:
        """Hear nothing."""

    def enough(_woken: type[Row] | None) -> bool:
        return False

    around = Around(no_reaction, absorb, listen, enough, COMMANDS, fetch)
    play(desk, agenda, end_of(NOW), around)
    return outcomes, changed, fetched


def test_what_is_fetched_leaves_no_trace_in_ids_and_changes() -> None:
    """Ids, facts and changes are those of a play that misses nothing; each row is fetched once."""
    outcomes, changed, fetched = played(["old1"], fetches=True)
    assert fetched == ["old0", "old2"]
    assert (outcomes, changed, []) == played(["old0", "old1", "old2"], fetches=True)
    assert changed == [[f"new{number}"] for number in range(6)]


def test_what_cannot_be_fetched_is_told_with_all_else_that_is_missed() -> None:
    with pytest.raises(Missed) as told:
        played(["old1"], fetches=False)
    assert {miss.key for miss in told.value.misses} == {"old0", "old2"}
