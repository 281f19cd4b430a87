"""Nothing that a room has is forgotten: a test names what is missing, and says where it is to be declared."""

import ast
import inspect
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from the_package import FILES, PACKAGE, every, name_of, room_of, tree

import golden_making as making
from holdfast.bench.bare.room import ROOM as BARE
from holdfast.enforcement.model import DeclareAbsconded
from holdfast.house import ELSEWHERE, HANDLERS, INDEXES, KEPT, ROOMS, SETTINGS, TASKS
from holdfast.kernel.room import Room
from holdfast.kernel.rows import Command, FactBody, Row
from holdfast.kernel.setting import Dimension
from holdfast.kernel.task import TaskKind
from holdfast.postgres.progress import Progress
from holdfast.reactions import BY_ITSELF, REACTIONS, WAKERS

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"

COMMANDS, ROWS, FACTS = every(Command), every(Row), every(FactBody)
BY_NAME = {room.name: room for room in ROOMS}
FOLDERS = sorted({room_of(kind) for kind in (*COMMANDS, *ROWS, *FACTS)} - {"postgres", "bench"})
ANSWERING = (*ROOMS, BARE)
"""The rooms of the product, and bare money, which a home has only where it was given it."""

KEPT_BY_THE_HOME = {Progress}
"""Rows of the home over PostgreSQL itself, which no handler sees."""


class Named(NamedTuple):
    """A field that a declaration names: of which row, and in which declaration."""

    row: type[Row]
    field: str
    place: str

    def __str__(self) -> str:
        """Return it as the tests' names have it."""
        return f"{self.place}-{self.row.__name__}.{self.field}"


def named() -> Iterator[Named]:
    for room in ROOMS:
        for kept in room.keeps:
            yield from (Named(kept.row, field, "Kept.fixed") for field in kept.fixed)
            yield from (Named(kept.row, index.by, f"index {index.name}") for index in kept.indexes)
        for near in room.neighbours:
            yield from (Named(near.of, field, "Neighbours.needs") for field in near.needs)
        for turn in room.turns:
            yield from (Named(turn.of, field, "Turns.needs") for field in turn.needs)


def of_name(kind: type[object]) -> str:
    return kind.__name__


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_with_commands_rows_or_facts_is_a_room(folder: str) -> None:
    assert (PACKAGE / folder / "room.py").is_file(), (
        f"{folder} has commands, rows or facts and no room.py: say in holdfast/{folder}/room.py what it has"
    )
    assert folder in BY_NAME, f"{folder} is in no list: import its ROOM in holdfast/house.py, put it in ROOMS"


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_room_is_the_folder_of_its_name(room: Room) -> None:
    there = (PACKAGE / room.name / "room.py").is_file()
    assert there, f"the room {room.name!r} of holdfast/house.py has no holdfast/{room.name}/room.py"
    strangers = [kept.row for kept in room.keeps if room_of(kept.row) != room.name]
    assert strangers == [], f"{room.name}/room.py keeps rows of other folders: each keeps its own"


def test_rooms_are_listed_lowest_first() -> None:
    """As the contract of import-linter has them: the order of locks is the opposite."""
    linter = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers: list[str] = linter["contracts"][0]["layers"]
    depth = {name.strip(): -place for place, layer in enumerate(layers) for name in layer.split("|")}
    listed = [room.name for room in ROOMS]
    assert [name for name in listed if name not in depth] == [], "say in pyproject.toml in which layer it is"
    assert listed == sorted(listed, key=lambda name: (depth[name], listed.index(name))), (
        "ROOMS of holdfast/house.py is not in the order of the layers in pyproject.toml"
    )


@pytest.mark.parametrize("command", COMMANDS, ids=of_name)
def test_every_command_has_one_handler(command: type[Command]) -> None:
    rooms = [room.name for room in ANSWERING if command in room.handles]
    assert len(rooms) == 1, (
        f"{command.__name__} is answered by {rooms or 'nobody'}: "
        f"put it in `handles` of one room, as {command.__name__}: its handler"
    )


def test_bare_money_is_of_no_home_of_the_product() -> None:
    assert BARE.handles.keys() & HANDLERS.keys() == set()
    assert BARE.handles.keys() == {kind for kind in COMMANDS if room_of(kind) == "bench"}
    assert Room(BARE.name, BARE.handles, names=BARE.names, touches=BARE.touches) == BARE, (
        "it has commands and what they name: rows, words and tasks are of rooms of the product"
    )
    importing = {
        name_of(path)
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("holdfast.bench.bare")
    }
    assert {name for name in importing if not name.startswith("bench/")} == set()


@pytest.mark.parametrize("row", ROWS, ids=of_name)
def test_every_row_is_kept_once(row: type[Row]) -> None:
    if row in KEPT_BY_THE_HOME:
        return
    times = Counter(kind for room in ROOMS for kind in (*(kept.row for kept in room.keeps), *room.elsewhere))[
        row
    ]
    assert times == 1, (
        f"{row.__name__} is kept {times} times: put one Kept({row.__name__}, TABLE, FORGOTTEN) "
        f"in `keeps` of holdfast/{room_of(row)}/room.py"
    )


def test_tables_and_indexes_have_names_of_their_own() -> None:
    for names in ([kept.table for kept in KEPT.values()], [index.name for index in INDEXES]):
        assert [name for name, times in Counter(names).items() if times > 1] == []


@pytest.mark.parametrize("fact", FACTS, ids=of_name)
def test_every_fact_has_its_words_in_its_room(fact: type[FactBody]) -> None:
    words = BY_NAME[room_of(fact)].words
    assert fact in words, (
        f"{fact.__name__} cannot be told: add its words to holdfast/{room_of(fact)}/words.py"
    )


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_words_are_of_facts_of_the_room(room: Room) -> None:
    assert {room_of(fact) for fact in (*room.words, *room.words_where)} <= {room.name}
    for fact, texts in room.words_where.items():
        assert texts.keys() <= set(fact.__struct_fields__), (
            f"words of {fact.__name__} where it has no such field"
        )


@pytest.mark.parametrize("row", ROWS, ids=of_name)
def test_every_row_with_a_deadline_has_a_waker(row: type[Row]) -> None:
    timed = "wake_at" in row.__struct_fields__
    assert timed is (row in WAKERS), (
        f"{row.__name__} has a `wake_at`, and nobody wakes it: put it in WAKERS of holdfast/reactions.py"
        if timed
        else f"{row.__name__} has no `wake_at`: take it out of WAKERS of holdfast/reactions.py"
    )


def test_reactions_and_wakes_are_of_what_there_is() -> None:
    assert WAKERS.keys() >= BY_ITSELF
    assert [fact for fact in REACTIONS if fact not in FACTS] == [], "nothing tells these facts"
    assert [fact for fact, reactions in REACTIONS.items() if not reactions] == []


@pytest.mark.parametrize("each", sorted(set(named()), key=str), ids=str)
def test_every_field_that_is_named_is_one_of_its_row(each: Named) -> None:
    fields = each.row.__struct_fields__
    assert each.field in fields, f"{each.place}: {each.row.__name__} has no {each.field!r}, but {fields}"


@pytest.mark.parametrize("room", ANSWERING, ids=lambda room: room.name)
def test_what_is_said_beside_rows_is_of_rows_and_commands_that_there_are(room: Room) -> None:
    for kept in room.keeps:
        strange = [index.name for index in kept.indexes if index.kind is not kept.row]
        assert strange == [], f"indexes of other rows than {kept.row.__name__}, which keeps them"
    beside = {near.of for near in room.neighbours} | {turn.of for turn in room.turns}
    beside |= {kind for kinds in room.names.values() for kind in kinds}
    assert [kind for kind in beside if kind not in KEPT and kind not in ELSEWHERE] == [], (
        "rows that no room keeps"
    )
    commands = BARE.handles if room is BARE else HANDLERS
    assert [kind for kind in (*room.touches, *room.fresh) if kind not in commands] == []
    fields = {field for command in commands for field in command.__struct_fields__}
    assert sorted(room.names.keys() - fields) == [], "`names` that no command has a field of"


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_neighbours_and_pages_take_what_they_need(room: Room) -> None:
    for needs, asks in (
        *((near.needs, near.keys) for near in room.neighbours),
        *((turn.needs, turn.pages) for turn in room.turns),
    ):
        parameters = inspect.signature(asks).parameters
        assert len(parameters) == len(needs), f"{asks} takes {[*parameters]}, and is given {needs}"


@pytest.mark.parametrize("row", [kept.row for kept in KEPT.values() if kept.begun_by], ids=of_name)
def test_what_tells_of_a_beginning_is_a_fact_that_has_the_id(row: type[Row]) -> None:
    facts = {kind.__name__: kind for kind in FACTS}
    for kind, field in KEPT[row].begun_by.items():
        assert kind in facts, f"{row.__name__} is begun by {kind}, and there is no such fact"
        assert field in facts[kind].__struct_fields__, f"{kind} has no field {field}"


@pytest.mark.parametrize("kind", TASKS, ids=lambda kind: kind.name)
def test_every_task_is_of_fields_commands_and_settings_that_there_are(kind: TaskKind) -> None:
    row = making.made(kind.row, sparse=False)
    assert kind.began(row) is not None, f"{kind.name}: {kind.row.__name__}.{kind.since} is no time"
    assert kind.waits(row) in {True, False}
    for may in kind.may:
        assert may.command in HANDLERS
        assert set(may.fills) <= set(may.command.__struct_fields__), f"{kind.name}: {may.command.__name__}"
        assert set(may.fills.values()) <= set(kind.row.__struct_fields__), f"{kind.name}: {kind.row.__name__}"
    for name in (kind.within, kind.answered_within):
        assert name is None or SETTINGS[name].dimension is Dimension.TIME


def test_tasks_have_names_of_their_own() -> None:
    """By letters alone: cursors are made of them."""
    names = [kind.name for kind in TASKS]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert [name for name in names if not re.fullmatch("[a-z_]+", name)] == []


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.approval.by_person], ids=of_name)
def test_a_person_is_asked_for_what_a_person_decides(command: type[Command]) -> None:
    asking = [kind.name for kind in TASKS for may in kind.may if may.command is command]
    assert bool(asking) is command.approval.prompted, (
        f"{command.__name__}: put it in `may` of a task, or say that it comes unasked: A_PERSON_UNASKED"
    )


def test_several_people_are_as_many_as_a_setting_says() -> None:
    """The engine counts them, by fields that the command has; in a room that counts itself, at least two."""
    several = {each for each in COMMANDS if each.approval.people}
    assert {each for each in several if not each.approval.same} == {DeclareAbsconded}
    assert SETTINGS["declarations"].low >= 2
    for each in several:
        approval = each.approval
        assert SETTINGS[approval.people].dimension is Dimension.COUNT
        assert set(approval.told) <= set(approval.same) <= set(each.__struct_fields__)
    assert [each for each in COMMANDS if each.approval.same and each not in several] == []
