"""Every row is read by a check that a room declares, and every check is shown to find something.

What a check reads is seen by running it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

import pytest
from the_package import room_of

from audited_market import SHOWN_ELSEWHERE, TAMPERED, Books, market
from holdfast.house import CHECKS, KEPT, ROOMS
from holdfast.kernel.check import Check
from holdfast.kernel.rows import Fact, Row
from holdfast.ledger.model import Transfer

R = TypeVar("R", bound=Row)

TESTS = Path(__file__).parents[1]
ORDER = [room.name for room in ROOMS]
DECLARED = {check: room.name for room in ROOMS for check in room.checks}


class Watched:
    """Books that remember of which types of rows they were read."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self.read: set[type[Row]] = set()

    def rows(self, kind: type[R]) -> Iterator[R]:
        self.read.add(kind)
        return self._books.rows(kind)

    def facts(self) -> Iterator[Fact]:
        return self._books.facts()

    def positions(self) -> Iterator[tuple[int, str]]:
        return self._books.positions()

    def entries(self, account_id: str) -> Iterator[Transfer]:
        return self._books.entries(account_id)


class Readings(NamedTuple):
    """Which types of rows each check reads."""

    of: dict[Check, set[type[Row]]]

    @property
    def rows(self) -> set[type[Row]]:
        return {kind for kinds in self.of.values() for kind in kinds}


@pytest.fixture(scope="module")
def readings() -> Readings:
    books = market()
    found: dict[Check, set[type[Row]]] = {}
    for check in CHECKS:
        watched = Watched(books)
        check(watched)
        found[check] = watched.read
    return Readings(found)


@pytest.mark.parametrize("row", KEPT, ids=lambda row: row.__name__)
def test_every_row_is_read_by_a_check_or_says_why_not(row: type[Row], readings: Readings) -> None:
    place = f"holdfast/{room_of(row)}"
    if row in readings.rows:
        assert not KEPT[row].unchecked, f"{row.__name__} is checked: take `unchecked` out of {place}/room.py"
    else:
        assert KEPT[row].unchecked, (
            f"no check reads {row.__name__}: write one in {place}/checks.py, put it in `checks` of the "
            f"room, or say in `unchecked` of its Kept why nothing can be compared with it"
        )


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_check_is_of_the_highest_room_whose_rows_it_reads(check: Check, readings: Readings) -> None:
    rooms = sorted((room_of(kind) for kind in readings.of[check]), key=ORDER.index)
    highest = rooms[-1] if rooms else "journal"
    mine = DECLARED[check]
    assert check.__module__.startswith(f"holdfast.{mine}."), (
        f"{check.__name__} is not of {mine}, which has it"
    )
    assert mine == highest, f"{check.__name__} reads rows of {rooms}: it is a check of {highest}"


def test_checks_have_names_of_their_own_and_say_what_must_hold() -> None:
    names = [check.__name__ for check in CHECKS]
    assert len(names) == len(set(names))
    assert [name for name, check in zip(names, CHECKS, strict=True) if not check.__doc__] == []


@pytest.mark.parametrize("check", [check.__name__ for check in CHECKS])
def test_every_check_is_shown_to_find_something(check: str) -> None:
    tampered = {name for name, *_ in TAMPERED}
    assert (check in tampered) is not (check in SHOWN_ELSEWHERE), (
        f"nothing shows that {check} finds anything: add a line to TAMPERED of tests/audited_market.py"
    )
    if check in SHOWN_ELSEWHERE:
        assert f'"{check}"' in (TESTS / SHOWN_ELSEWHERE[check]).read_text(encoding="utf-8")


def test_what_is_shown_is_a_check() -> None:
    shown = {name for name, *_ in TAMPERED} | SHOWN_ELSEWHERE.keys()
    assert sorted(shown - {check.__name__ for check in CHECKS}) == []
