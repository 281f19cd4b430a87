"""Which rows a command or a wake will touch: what it names, and the neighbours of what is named.

Rooms declare it, see `kernel.room`. This only saves round trips. What is missed here is found by running: the
desk asks for it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec

from holdfast.engine.execution import Submission
from holdfast.house import FRESH, NAMES, NEIGHBOURS, TOUCHES, TURNS
from holdfast.journal.requests import Request
from holdfast.kernel.desk import Page
from holdfast.kernel.room import Neighbours, Turns
from holdfast.kernel.rows import Command, Row

Keys = defaultdict[type[Row], set[str]]

_NAMED: dict[type[Command], tuple[tuple[str, tuple[type[Row], ...]], ...]] = {}


def _named(kind: type[Command]) -> tuple[tuple[str, tuple[type[Row], ...]], ...]:
    """Return the fields of a command that name rows, with the kinds of these rows."""
    found = _NAMED.get(kind)
    if found is None:
        names = [field.name for field in msgspec.structs.fields(kind)]
        found = _NAMED[kind] = tuple((name, NAMES[name]) for name in names if name in NAMES)
    return found


def no_keys() -> Keys:
    """Return an empty set of keys."""
    return defaultdict(set)


def add_named(keys: Keys, submission: Submission) -> None:
    """Add the rows that a command names. One that is refused at sight may not come here."""
    command = submission.command
    request_id = submission.request_id
    if request_id is not None:
        keys[Request].add(request_id)
    for name, kinds in _named(type(command)):
        value: str | None = getattr(command, name)
        if value is not None:
            for kind in kinds:
                keys[kind].add(value)
    touched = TOUCHES.get(type(command))
    if touched is not None:
        for kind, key in touched(command):
            keys[kind].add(key)


def unscouted(command: Command) -> Iterable[str]:
    """Return ids that a command names and whose neighbours it will not touch."""
    ids = FRESH.get(type(command))
    return () if ids is None else ids(command)


class _Take(NamedTuple):
    """How a declaration's values are taken of what was seen of a row."""

    values: Callable[[Sequence[Any]], tuple[Any, ...]]
    of: Neighbours


class _Turn(NamedTuple):
    """The same for pages."""

    values: Callable[[Sequence[Any]], tuple[Any, ...]]
    of: Turns


class Sight(NamedTuple):
    """What is read of rows of a type to find their neighbours and pages: the fields `needs`, the id first."""

    needs: tuple[str, ...]
    neighbours: tuple[_Take, ...]
    turns: _Turn | None


class Seen(NamedTuple):
    """Rows of a type as far as they were looked at: each is the values of its sight's `needs`."""

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
"""The kinds whose rows have neighbours or pages: they are looked at first, without a lock."""


def add_neighbours(keys: Keys, seen: Seen) -> None:
    """Add the rows that are touched with these."""
    for values, of in SIGHTS[seen.kind].neighbours:
        for each in set(map(values, seen.rows)):
            for kind, key in of.keys(*each):
                keys[kind].add(key)


def no_further(seen: Seen, paged: set[str]) -> Iterator[tuple[type[Row], str]]:
    """Yield neighbours of rows that came as a page, whose own neighbours are not looked for."""
    takes = [take for take in SIGHTS[seen.kind].neighbours if take.of.enough]
    if takes:
        for row in seen.rows:
            if row[0] in paged:
                for values, of in takes:
                    yield from of.keys(*values(row))


def pages_of(seen: Seen) -> Iterator[Page]:
    """Yield the index pages that wakes of these rows will turn to."""
    turns = SIGHTS[seen.kind].turns
    if turns is not None:
        for row in seen.rows:
            yield from turns.of.pages(*turns.values(row))
