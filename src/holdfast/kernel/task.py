"""Work for a person, as rooms declare it: which rows wait for somebody, until when, and what may answer them.

A task is no row of its own. It is a row that waits already, read as one, and so cannot disagree with it.
"""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, NamedTuple, Protocol, TypeVar

from holdfast.kernel.actor import Role
from holdfast.kernel.clock import Instant
from holdfast.kernel.index import Condition
from holdfast.kernel.money import Money
from holdfast.kernel.rows import Command, Row
from holdfast.kernel.text import Text

R = TypeVar("R", bound=Row)


class Find(Protocol):
    """Finds a row by its type and id; None where there is none."""

    def __call__(self, kind: type[R], key: str, /) -> R | None:
        """Return the row."""
        ...


class May(NamedTuple):
    """A command that may answer a task. `fills` are fields of the command, each with the row's that it is."""

    command: type[Command]
    fills: Mapping[str, str]


class TaskKind(NamedTuple):
    """Rows of one type that wait for somebody.

    A row waits from its field `since` on, while it meets all conditions `where`. It is to be done within the
    setting `within` of the policy in force; nothing is decided by time, a task that is late is only told to
    be. Where it waits for an answer from outside first, it becomes a task once the setting `answered_within`
    is over. `at_stake` is how much money it is about, None where that is not told. `again` is the row's field
    that has a command in JSON: another person who asks for the same answers the task.
    """

    name: str
    row: type[Row]
    where: tuple[Condition, ...]
    since: str
    within: str
    role: Role
    at_stake: Callable[[Any, Find], Money | None]
    may: tuple[May, ...]
    words: Text
    answered_within: str | None = None
    again: str | None = None

    @property
    def sql(self) -> str:
        """Return the conditions on a row's columns."""
        return " AND ".join(condition.sql for condition in self.where)

    def waits(self, row: Row) -> bool:
        """Tell whether a row waits for somebody, or for an answer from outside."""
        return all(condition.holds(row) for condition in self.where) and self.began(row) is not None

    def began(self, row: Row) -> Instant | None:
        """Return since when a row waits."""
        at: Instant | None = attrgetter(self.since)(row)
        return at


def nothing_at_stake(_row: Any, _find: Find) -> Money | None:
    """Say that a task is not about a sum."""
    return None
