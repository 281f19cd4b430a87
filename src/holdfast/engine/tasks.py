"""The one list of work that waits for people, read from the rows that wait: by deadline, in pages."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from holdfast.house import KEPT, TASKS
from holdfast.journal.pages import Answer, Sort, Subject, check_limit, cut, place_of
from holdfast.journal.refusals import BadCursor
from holdfast.kernel.actor import Role
from holdfast.kernel.clock import Duration, Instant
from holdfast.kernel.money import Money
from holdfast.kernel.rows import Row
from holdfast.kernel.task import Find, TaskKind
from holdfast.policy.model import IN_FORCE, AdoptedPolicy, InForce, Policy


class Possible(msgspec.Struct, frozen=True):
    """A command that may answer a task, with the fields that the task itself says."""

    command: str
    fields: dict[str, str]


class Task(msgspec.Struct, frozen=True):
    """Work that waits for somebody in a role: what, about whom, how much is at stake, since when, until when.

    It is the row `row_id` of the type `row_kind`, read; what `may` answers it changes that row.
    """

    kind: str
    row_kind: str
    row_id: str
    subjects: tuple[str, ...]
    at_stake: Money | None
    since: Instant
    due: Instant
    role: Role
    may: tuple[Possible, ...]


class Span(NamedTuple):
    """Rows of a kind, by when they began to wait and then by id: from behind `after`, up to and with `until`.

    At most `most` of them are asked for.
    """

    after: tuple[Instant, str]
    until: Instant
    most: int


Waiting = Callable[[TaskKind, Span], Sequence[Row]]
"""Finds the rows of a kind that wait: a home's own way."""


class _Asked(msgspec.Struct, frozen=True):
    """A question for tasks, as cursors bear its mark: under another policy other deadlines stand."""

    role: Role | None
    policy: str


class _Found(NamedTuple):
    due: Instant
    kind: TaskKind
    row: Row

    @property
    def place(self) -> tuple[Instant, str, str]:
        return self.due, self.kind.name, self.row.id


_PLACE = re.compile(r"([0-9]{1,14}):([a-z_]+):([^\0]+)")

_BEGINNING: Instant = -(2**62)


def task_page(
    waiting: Waiting, find: Find, now: Instant, role: Role | None, after: str | None, limit: int
) -> Answer[Task]:
    """Return a page of tasks. See `engine.home.Home.tasks`.

    Raises:
        BadCursor, BadLimit: see `journal.pages`.
    """
    check_limit(limit)
    policy = _in_force(find)
    question = _Asked(role, "" if policy is None else policy.version)
    place = _place(place_of(after, question))
    if policy is None:
        return Answer((), None)
    found: list[_Found] = []
    for kind in TASKS:
        if role in {None, kind.role}:
            found += _of_kind(waiting, kind, policy, now, place, limit + 1)
    found.sort(key=lambda each: each.place)
    chosen = cut(found, [":".join(map(str, each.place)) for each in found], limit, question)
    return Answer(tuple(_told(each, find) for each in chosen.items), chosen.next)


def _in_force(find: Find) -> Policy | None:
    row = find(InForce, IN_FORCE)
    adopted = None if row is None else find(AdoptedPolicy, row.version)
    return None if adopted is None else adopted.policy


def _place(key: str | None) -> tuple[Instant, str, str] | None:
    """Return the place that a cursor stands for: deadline, kind and id of the last task before the page."""
    if key is None:
        return None
    found = _PLACE.fullmatch(key)
    if found is None:
        raise BadCursor("cursor")
    return int(found[1]), found[2], found[3]


def _of_kind(
    waiting: Waiting,
    kind: TaskKind,
    policy: Policy,
    now: Instant,
    place: tuple[Instant, str, str] | None,
    most: int,
) -> list[_Found]:
    """Return the first tasks of a kind behind a place: in their order, which is that of their deadlines."""
    patience: Duration = 0 if kind.answered_within is None else getattr(policy, kind.answered_within)
    wait = patience + getattr(policy, kind.within)
    after = (_BEGINNING, "")
    if place is not None:
        due, name, row_id = place
        began = due - wait
        after = (began, row_id) if name == kind.name else (began + (kind.name < name), "")
    rows = waiting(kind, Span(after, now - patience, most))
    return [_Found((kind.began(row) or 0) + wait, kind, row) for row in rows]


def _told(found: _Found, find: Find) -> Task:
    due, kind, row = found
    may = [
        Possible(
            each.command.__name__,
            {name: value for name, field in each.fills.items() if (value := getattr(row, field)) is not None},
        )
        for each in kind.may
    ]
    if kind.again is not None:
        fields: dict[str, object] = msgspec.json.decode(getattr(row, kind.again))
        asked = {name: str(value) for name, value in fields.items() if name != "type"}
        may.insert(0, Possible(str(fields["type"]), asked))
    return Task(
        kind=kind.name,
        row_kind=kind.row.__name__,
        row_id=row.id,
        subjects=tuple(str(subject) for subject in _subjects(row)),
        at_stake=kind.at_stake(row, find),
        since=kind.began(row) or 0,
        due=due,
        role=kind.role,
        may=tuple(may),
    )


def _subjects(row: Row) -> list[Subject]:
    """Return whom and what a row is about, as facts about it name them."""
    own = KEPT[type(row)].named_after
    found: list[Subject] = []
    for sort in (Sort.ORDER, Sort.MERCHANT, Sort.CONSUMER):
        name = f"{sort}_id"
        key: str | None = row.id if own == name else getattr(row, name, None)
        if key is not None:
            found.append(Subject(sort, key))
    return found
