"""Units of work, and the session that each runs in: a desk, with a record of its changes."""

from collections.abc import Callable, Iterable
from typing import Generic, NamedTuple, TypeVar

from holdfast.engine.agenda import Fetch, no_fetch
from holdfast.engine.execution import Executed
from holdfast.engine.failures import Failure
from holdfast.journal.feed import Cursor
from holdfast.journal.requests import Request
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk, Page
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Fact, Row
from holdfast.policy.model import version_in_force
from holdfast.postgres import writing
from holdfast.postgres.keys import Keys
from holdfast.postgres.pages import Pages
from holdfast.postgres.progress import Progress
from holdfast.postgres.reading import Loaded

T = TypeVar("T")


class Work(NamedTuple, Generic[T]):
    """A unit of work: a function that runs in one transaction, with the rows that it needs.

    `do` is pure; it may be called several times, and only the last call counts. `keys` are the rows that it
    is known to touch; `fresh` are ids of rows that are likely new, and so have no neighbours to prefetch.
    Without `money` nothing of it moves money (see `kernel.room.Room.still`).
    """

    keys: Keys
    do: "Callable[[Session], T]"
    fresh: frozenset[str] = frozenset()
    money: bool = True


class Session:
    """One try of a unit of work: its desk, and a record of its changes.

    `rows` are the loaded rows, as the work has left them, and `answered` the loaded index pages. Missed rows
    are loaded by `fetch` where there is one (`engine.agenda.Around`), else before the next try.
    """

    def __init__(
        self, loaded: Loaded, answered: dict[Page, list[str]], ids: Ids, latest_at: Instant | None
    ) -> None:
        self.rows = loaded
        self.answered = answered
        self.fetch: Fetch = no_fetch
        self._changed = writing.Changed()
        self.facts: list[Fact] = []
        self.failures: list[Failure] = []
        self.desk = Desk(loaded, Pages(loaded, answered), ids, version_in_force, latest_at)

    def absorb(self, executed: Executed) -> None:
        """Record the outcome of one command."""
        self.facts.extend(executed.outcome.facts)
        self._changed.note(executed.changes)
        if executed.failure is not None:
            self.failures.append(executed.failure)

    def proof(self) -> tuple[str | None, list[Row]]:
        """Return the evidence by which a commit whose answer was lost is recognised: its first fact's id.

        A transaction without facts has rows that only it makes: answered requests, progress, a cursor.
        """
        if self.facts:
            return self.facts[0].id, []
        new, changed = self.split()
        own: list[Row] = []
        for made in (new, changed):
            for kind in (Request, Progress, Cursor):
                own += made.get(kind, ())
        return None, own

    def has(self, rows: Iterable[Row]) -> bool:
        """Tell whether the database has exactly these rows."""
        return all(self.rows[type(row)].get(row.id) == row for row in rows)

    def split(self) -> tuple[writing.ByKind, writing.ByKind]:
        """Return new and changed rows."""
        return self._changed.split(self.rows)
