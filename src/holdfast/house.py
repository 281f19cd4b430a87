"""The list of rooms, lowest first. All else about what rooms have is collected from it here.

A room that is not on the list has nothing: its commands are answered by nobody, its rows kept nowhere. A test
goes through the folders and fails where one was forgotten. A home may be given the commands of one more room,
which keeps no rows: see `commands_of`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from holdfast.access.room import ROOM as ACCESS
from holdfast.claims.room import ROOM as CLAIMS
from holdfast.coverage.room import ROOM as COVERAGE
from holdfast.enforcement.room import ROOM as ENFORCEMENT
from holdfast.evidence.room import ROOM as EVIDENCE
from holdfast.guarantees.room import ROOM as GUARANTEES
from holdfast.journal.room import ROOM as JOURNAL
from holdfast.kernel.check import Check
from holdfast.kernel.desk import Index
from holdfast.kernel.room import Handler, Kept, Key, Neighbours, Room, Turns
from holdfast.kernel.rows import Command, FactBody, Row
from holdfast.kernel.setting import Setting
from holdfast.kernel.task import TaskKind
from holdfast.kernel.text import Text
from holdfast.ledger.room import ROOM as LEDGER
from holdfast.orders.room import ROOM as ORDERS
from holdfast.parties.room import ROOM as PARTIES
from holdfast.policy.model import Policy
from holdfast.policy.room import ROOM as POLICY
from holdfast.settlement.room import ROOM as SETTLEMENT
from holdfast.webhooks.room import ROOM as WEBHOOKS

ROOMS: tuple[Room, ...] = (
    JOURNAL,
    LEDGER,
    POLICY,
    PARTIES,
    ACCESS,
    COVERAGE,
    WEBHOOKS,
    GUARANTEES,
    ORDERS,
    SETTLEMENT,
    EVIDENCE,
    CLAIMS,
    ENFORCEMENT,
)


class Commands(NamedTuple):
    """The commands that a home answers, by the handlers of some rooms, and the rows to prefetch for each.

    `named` are the fields of a command that are ids of rows, with the types of these rows; `touches`,
    `fresh` and `still` are as in `kernel.room.Room`.
    """

    handlers: Mapping[type[Command], Handler]
    named: Mapping[type[Command], tuple[tuple[str, tuple[type[Row], ...]], ...]]
    touches: Mapping[type[Command], Callable[[Any], Iterable[Key]]]
    fresh: Mapping[type[Command], Callable[[Any], Iterable[str]]]
    still: frozenset[type[Command]]


def commands_of(rooms: Sequence[Room]) -> Commands:
    """Collect the commands of rooms: of those of the product, and of one that only a caller has."""
    handlers = {command: handler for room in rooms for command, handler in room.handles.items()}
    names: defaultdict[str, tuple[type[Row], ...]] = defaultdict(tuple)
    for room in rooms:
        for name, kinds in room.names.items():
            names[name] += kinds
    return Commands(
        handlers,
        {
            command: tuple((name, names[name]) for name in command.__struct_fields__ if name in names)
            for command in handlers
        },
        {command: touched for room in rooms for command, touched in room.touches.items()},
        {command: ids for room in rooms for command, ids in room.fresh.items()},
        frozenset(command for room in rooms for command in room.still),
    )


COMMANDS: Commands = commands_of(ROOMS)
"""The commands of the product: a home answers these where it is given no others."""

HANDLERS: Mapping[type[Command], Handler] = COMMANDS.handlers
"""Which handler answers which command of the product."""

KEPT: dict[type[Row], Kept] = {kept.row: kept for room in reversed(ROOMS) for kept in room.keeps}
"""How the rows of each type are kept, in the order in which every transaction takes its locks.

That is from the highest room down, so that the accounts of the house, which most transactions share, are
locked last.
"""

ELSEWHERE: tuple[type[Row], ...] = tuple(kind for room in ROOMS for kind in room.elsewhere)
"""Types of rows that have no table: where a home has a keeper of them, it loads and saves them."""

INDEXES: tuple[Index, ...] = tuple(index for kept in KEPT.values() for index in kept.indexes)
"""Every index that a handler may page through."""


def _neighbours() -> dict[type[Row], tuple[Neighbours, ...]]:
    found: defaultdict[type[Row], tuple[Neighbours, ...]] = defaultdict(tuple)
    for room in ROOMS:
        for each in room.neighbours:
            found[each.of] += (each,)
    return dict(found)


NEIGHBOURS: Mapping[type[Row], tuple[Neighbours, ...]] = _neighbours()
"""Of each type of row, what is touched together with one."""

TURNS: Mapping[type[Row], Turns] = {each.of: each for room in ROOMS for each in room.turns}
"""Of each type of row, the index pages that its wake turns to."""

TASKS: tuple[TaskKind, ...] = tuple(task for room in ROOMS for task in room.tasks)
"""All work that waits for people."""

CHECKS: tuple[Check, ...] = tuple(check for room in ROOMS for check in room.checks)
"""All invariants that the audit runs."""


def _settings() -> dict[str, Setting]:
    found = {name: setting for room in ROOMS for name, setting in room.settings.items()}
    return {name: found[name] for name in Policy.__struct_fields__ if name in found}


SETTINGS: Mapping[str, Setting] = _settings()
"""What each setting of a policy means and its bounds, in the order of the policy."""

WORDS: Mapping[type[FactBody], Text] = {kind: text for room in ROOMS for kind, text in room.words.items()}
"""What is said of each kind of fact."""

_WHERE: Mapping[type[FactBody], Mapping[str, Text]] = {
    kind: texts for room in ROOMS for kind, texts in room.words_where.items()
}


def words_of(body: FactBody) -> Text:
    """Return what is said of a fact."""
    for name, text in _WHERE.get(type(body), {}).items():
        if getattr(body, name):
            return text
    return WORDS[type(body)]
