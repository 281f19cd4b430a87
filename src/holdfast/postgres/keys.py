"""Prefetching: the keys of the rows that a command or a deadline will touch, as far as declarations tell.

Rooms declare it, see `kernel.room`. It only saves round trips: a row that was not foreseen is found by
running, as the desk then asks for it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from holdfast.engine.execution import Submission
from holdfast.house import NEIGHBOURS, TURNS, Commands
from holdfast.journal.proposals import Proposal, proposal_id
from holdfast.journal.requests import Request
from holdfast.kernel.desk import Page
from holdfast.kernel.room import Neighbours, Turns
from holdfast.kernel.rows import Command, Row

Keys = defaultdict[type[Row], set[str]]


def no_keys() -> Keys:
    """Return an empty set of keys."""
    return defaultdict(set)


def add_named(keys: Keys, submission: Submission, commands: Commands) -> None:
    """Add the rows that a command of a home names. The command must be within bounds."""
    command = submission.command
    request_id = submission.request_id
    if request_id is not None:
        keys[Request].add(request_id)
    for name, kinds in commands.named.get(type(command), ()):
        value: str | None = getattr(command, name)
        if value is not None:
            for kind in kinds:
                keys[kind].add(value)
    if command.approval.same:
        keys[Proposal].add(proposal_id(command))
    touched = commands.touches.get(type(command))
    if touched is not None:
        for kind, key in touched(command):
            keys[kind].add(key)


def unscouted(command: Command, commands: Commands) -> Iterable[str]:
    """Return the new ids that a command names: they have no neighbours to prefetch."""
    ids = commands.fresh.get(type(command))
    return () if ids is None else ids(command)


def moves_money(command: Command, commands: Commands) -> bool:
    """Tell whether a command may move money: it locks the accounts that rows of its kind touch."""
    return type(command) not in commands.still


class _Take(NamedTuple):
    """A compiled declaration of neighbours: the getter of its arguments from the seen values of a row."""

    values: Callable[[Sequence[Any]], tuple[Any, ...]]
    of: Neighbours


class _Turn(NamedTuple):
    """A compiled declaration of index pages, likewise."""

    values: Callable[[Sequence[Any]], tuple[Any, ...]]
    of: Turns


class Sight(NamedTuple):
    """The columns of a type that lead to neighbours and pages: the fields `needs`, the id first."""

    needs: tuple[str, ...]
    neighbours: tuple[_Take, ...]
    turns: _Turn | None


class Seen(NamedTuple):
    """The partly read rows of a type: each has the values of its sight's `needs`."""

    kind: type[Row]
    rows: list[tuple[Any, ...]]


def _taker(needs: tuple[str, ...], wanted: tuple[str, ...]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    places = [needs.index(name) for name in wanted]
    if len(places) == 1:
        [place] = places
        return lambda row: (row[place],)
    return itemgetter(*places)


def _sight(kind: type[Row]) -> Sight:
    neighbours = NEIGHBOURS.get(kind, ())
    turns = TURNS.get(kind)
    wanted = [need for each in neighbours for need in each.needs] + [*(turns.needs if turns else ())]
    needs = tuple(dict.fromkeys(["id", *wanted]))
    takes = tuple(_Take(_taker(needs, each.needs), each) for each in neighbours)
    return Sight(needs, takes, None if turns is None else _Turn(_taker(needs, turns.needs), turns))


SIGHTS: dict[type[Row], Sight] = {kind: _sight(kind) for kind in (*NEIGHBOURS, *(TURNS.keys() - NEIGHBOURS))}
"""The types whose rows have neighbours or pages: these columns are read first, without a lock."""


def add_neighbours(keys: Keys, seen: Seen, *, money: bool) -> None:
    """Add the neighbours of partly read rows; with `money`, those too that are touched as money moves."""
    for values, of in SIGHTS[seen.kind].neighbours:
        if of.money and not money:
            continue
        for each in set(map(values, seen.rows)):
            for kind, key in of.keys(*each):
                keys[kind].add(key)


def no_further(seen: Seen, paged: set[str]) -> Iterator[tuple[type[Row], str]]:
    """Yield the neighbours at which prefetching ends, of rows that came as a page (`Neighbours.enough`)."""
    takes = [take for take in SIGHTS[seen.kind].neighbours if take.of.enough]
    if takes:
        for row in seen.rows:
            if row[0] in paged:
                for values, of in takes:
                    yield from of.keys(*values(row))


def pages_of(seen: Seen) -> Iterator[Page]:
    """Yield the index pages that the deadlines of these rows will read."""
    turns = SIGHTS[seen.kind].turns
    if turns is not None:
        for row in seen.rows:
            yield from turns.of.pages(*turns.values(row))
