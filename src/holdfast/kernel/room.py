"""Rooms: a module of the core declares all that it has in one place, its `room.py`.

The house collects it from the list of rooms (`holdfast.house`): tables and their indexes, the order of
locks, which rows a command loads, diagrams, what a simulation forgets, and the tests' lists come from here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from holdfast.kernel.check import Check
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk, Index, Page
from holdfast.kernel.rows import Command, FactBody, Row
from holdfast.kernel.setting import Setting
from holdfast.kernel.task import TaskKind
from holdfast.kernel.text import Named, Text

Key = tuple[type[Row], str]
"""A row, by its type and id."""

Handler = Callable[[Desk, Any, Instant], Sequence[FactBody]]
"""A command handler: it returns the facts that happened, or raises a refusal."""

Over = Callable[[Any], bool]
"""A predicate that is true of rows in a final state: nothing can happen to them any more."""

STAYS: Final = "stays"
"""Its rows are as many as parties, policies or cases that are open: a simulation keeps them."""

WITH_ORDER: Final = "with its order"
"""The row bears the id of an order, and is forgotten with it."""


class States(NamedTuple):
    """The states of a row: the title of their diagram, and which event leads where. The first one begins."""

    title: str
    transitions: Mapping[Any, Mapping[str, Named]]


class Kept(NamedTuple):
    """The storage of a type of rows.

    `fixed` are columns that no update writes, beside the id. `forgotten` says when a simulation may forget
    a row. `named_after` is the subject whose id the row bears: `order_id` or `merchant_id`. The numbers of a
    row that is `bounded` are parts of numbers that were checked already, and need no check of their own.
    `begun_by` are the kinds of facts that tell of a row's beginning, once for each row, by their names, as
    they may be of a higher room, with the field that has its id: by them rows are listed of a subject.
    Where no check of the audit reads its rows, `unchecked` says why.
    """

    row: type[Row]
    table: str
    forgotten: Over | str
    fixed: tuple[str, ...] = ()
    indexes: tuple[Index, ...] = ()
    states: States | None = None
    named_after: str | None = None
    bounded: bool = False
    begun_by: Mapping[str, str] = {}
    unchecked: str = ""


class Neighbours(NamedTuple):
    """Rows that are touched together with a row of the type `of`.

    `keys` is called with the values of the row's fields `needs`, once for all rows that agree in them, and
    returns the neighbours' keys. `enough` ends the search there: where the rows come as a page of an index,
    the neighbours of these neighbours are not loaded. `money`: they are touched only where money moves; a
    batch of commands that are all declared to move none does not lock them (`Room.still`).
    """

    of: type[Row]
    needs: tuple[str, ...]
    keys: Callable[..., Iterable[Key]]
    enough: bool = False
    money: bool = False


class Turns(NamedTuple):
    """Pages of indexes that the deadline of a row of the type `of` reads, by the row's fields `needs`."""

    of: type[Row]
    needs: tuple[str, ...]
    pages: Callable[..., Iterable[Page]]


class Room(NamedTuple):
    """The declaration of a room of the core.

    `handles` maps its commands to their handlers. `keeps` are its rows; `elsewhere` the types of rows without
    a table, which a keeper stores (see `postgres.keepers`). Three declarations let a home prefetch rows, and
    only save round trips, as a row that was not foreseen is found by running: `names` says that a command's
    field of that name is the id of rows of these types, `touches` adds further rows of one command, and
    `fresh` are ids among them that are new, and so have no neighbours. `still` are the commands that move no
    money, so that the accounts of the house, which all merchants share, stay free for others. `words` are
    the sentences that tell its facts; `words_where` replaces one where the fact's field of that name has a
    value. `tasks` declare what of its rows waits for people. `checks` are the invariants that the audit runs:
    each is declared by the highest of the rooms whose rows it reads. `settings` are those of the policy, by
    their names in `policy.model.Policy`: each is declared by the lowest of the rooms that read it.
    """

    name: str
    handles: Mapping[type[Command], Handler] = {}
    keeps: tuple[Kept, ...] = ()
    elsewhere: tuple[type[Row], ...] = ()
    names: Mapping[str, tuple[type[Row], ...]] = {}
    touches: Mapping[type[Command], Callable[[Any], Iterable[Key]]] = {}
    fresh: Mapping[type[Command], Callable[[Any], Iterable[str]]] = {}
    still: frozenset[type[Command]] = frozenset()
    neighbours: tuple[Neighbours, ...] = ()
    turns: tuple[Turns, ...] = ()
    words: Mapping[type[FactBody], Text] = {}
    words_where: Mapping[type[FactBody], Mapping[str, Text]] = {}
    tasks: tuple[TaskKind, ...] = ()
    checks: tuple[Check, ...] = ()
    settings: Mapping[str, Setting] = {}
