"""The desk: what a command wrote is taken back whole; states go by their table; refusals say what to do."""

from collections.abc import Iterable
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.kernel.desk import Desk, Index, Page
from holdfast.kernel.ids import Ids
from holdfast.kernel.refusal import NotFound, Refusal, WrongState
from holdfast.kernel.rows import Row
from holdfast.kernel.states import advance
from holdfast.kernel.text import Named


class Box(Row, frozen=True, kw_only=True):
    """A thing to put on a desk."""

    content: int


class Complete(dict[str, Any]):
    """A table that has every row there is."""

    def __missing__(self, _key: str) -> None:
        return None


def no_pages(_page: Page) -> Iterable[str]:
    return ()


def all_in_one(_box: Box) -> str:
    return "all"


def no_policy(_desk: Desk) -> str:
    raise AssertionError("no row of these tests is about a policy")


def a_desk(**boxes: int) -> tuple[Desk, Complete]:
    table = Complete({key: Box(id=key, content=content) for key, content in boxes.items()})
    return Desk({Box: table}, no_pages, Ids(Random(1)), no_policy), table


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers())))
def test_undo_takes_back_every_write(writes: list[tuple[str, int]]) -> None:
    desk, table = a_desk(a=1, b=2)
    before = dict(table)
    for key, content in writes:
        desk.put(Box(id=key, content=content), desk.find(Box, key))
    desk.undo()
    assert {key: row for key, row in table.items() if row is not None} == before
    assert desk.changes == []


def test_a_change_says_what_was_before() -> None:
    desk, _ = a_desk(a=1)
    desk.put(Box(id="a", content=2), desk.need(Box, "a"))
    desk.add(Box(id="n", content=3))
    assert [(change.id, change.before) for change in desk.changes] == [
        ("a", Box(id="a", content=1)),
        ("n", None),
    ]
    assert desk.need(Box, "a").content == 2
    assert desk.find(Box, "z") is None


def test_what_was_written_since_it_was_read_is_not_written_over() -> None:
    desk, _ = a_desk(a=1)
    read = desk.need(Box, "a")
    desk.put(Box(id="a", content=2), read)
    for stale in (read, None, Box(id="a", content=2)):  # the same in all, and not the one that was read
        with pytest.raises(AssertionError, match="Box a: written since it was read"):
            desk.put(Box(id="a", content=3), stale)
    assert desk.need(Box, "a").content == 2
    assert len(desk.changes) == 1


def test_a_row_that_begins_with_zeros_is_made_from_nothing_once() -> None:
    desk, _ = a_desk()
    zero, other = Box(id="a", content=0), Box(id="a", content=0)
    desk.put(Box(id="a", content=1), zero)
    with pytest.raises(AssertionError, match="written since"):
        desk.put(Box(id="a", content=5), other)


def test_what_is_needed_and_not_there_is_refused() -> None:
    desk, _ = a_desk()
    with pytest.raises(NotFound) as refused:
        desk.need(Box, "x")
    assert refused.value.record().what == "there is no row with this id"
    assert refused.value.where == "box:x"
    assert refused.value.code == "not_found"


def test_a_page_asks_the_home() -> None:
    asked: list[Page] = []

    def pages(page: Page) -> Iterable[str]:
        asked.append(page)
        return ["b", "c"]

    index = Index("boxes", Box, all_in_one, "place", "true")
    desk = Desk({Box: Complete()}, pages, Ids(Random(1)), no_policy)
    assert desk.page(index, "all", "a", 2) == ("b", "c")
    assert asked == [Page(index, "all", "a", 2)]


class Lamp(Named):
    """Two states."""

    ON = "on", "亮"
    OFF = "off", "灭"


def test_a_state_goes_where_its_table_says_and_nowhere_else() -> None:
    table = {Lamp.OFF: {"switch": Lamp.ON}, Lamp.ON: {}}
    assert advance(table, Lamp.OFF, "switch", "lamp:1") is Lamp.ON
    with pytest.raises(WrongState) as refused:
        advance(table, Lamp.ON, "switch", "lamp:1")
    assert str(refused.value) == (
        "lamp:1: it is on, and switch does not apply there. "
        "Read its present state; switch applies in: off. [wrong_state]"
    )
    with pytest.raises(WrongState, match="applies in: no state"):
        advance(table, Lamp.ON, "break", "lamp:1")


def test_a_refusal_needs_a_code_of_its_own() -> None:
    with pytest.raises(AssertionError, match="has no code"):
        type("Nameless", (Refusal,), {})
    with pytest.raises(AssertionError, match="not_found is taken"):
        type("Twin", (Refusal,), {"code": "not_found"})
    assert Refusal.registry["not_found"] is NotFound
