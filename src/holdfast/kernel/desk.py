"""The desk: rows by type and id, and what a command changed on them.

Handlers see nothing else. In memory its tables hold everything; over a database they hold what was loaded,
and asking for more raises `NotLoaded`, whereupon the engine loads it and runs the command again: a handler is
pure, so that costs nothing but time.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol, TypeVar

from holdfast.kernel.actor import CLOCK, Actor
from holdfast.kernel.clock import Instant
from holdfast.kernel.ids import Ids
from holdfast.kernel.refusal import NotFound
from holdfast.kernel.rows import Row

R = TypeVar("R", bound=Row)

Table = dict[str, Any]


class NotLoaded(Exception):  # noqa: N818 - no error: a question to the home
    """A row that the desk has not loaded yet was asked for."""

    def __init__(self, kind: object, key: object) -> None:
        super().__init__(kind, key)
        self.kind = kind
        self.key = key


class Missed(Exception):  # noqa: N818 - as above
    """All that a batch asked for in vain: what followed a miss was still tried, so that one answer serves."""

    def __init__(self, misses: Iterable[NotLoaded]) -> None:
        super().__init__()
        self.misses = list(misses)


class Index(NamedTuple):
    """A set of row ids that a handler may page through, by group: the open orders of a merchant.

    `group` tells to which group a row belongs now, or None where it is not in the set. In a database that is
    the value of the column `by`, of the rows that meet `where`. Made by `kernel.index.index`.
    """

    name: str
    kind: type[Row]
    group: Callable[[Any], str | None]
    by: str
    where: str


class Page(NamedTuple):
    """A question to an index: at most `limit` ids of `group` after `after`, ascending."""

    of: Index
    group: str
    after: str
    limit: int


class Pages(Protocol):
    """Whatever answers index questions: the home of the rows."""

    def __call__(self, page: Page, /) -> Iterable[str]:
        """Return the ids of the page, ascending; raise `NotLoaded` where they are not at hand."""
        ...


class Change(NamedTuple):
    """One write on the desk: the row's type and id, and the version before it (None: it is new)."""

    kind: type[Row]
    id: str
    before: Row | None


class Desk:
    """The working set of one batch.

    `actor` is who submitted the running command, or the clock; `changes` lists its writes, in order; `ids`
    makes new ids; `latest_at` is when the newest fact happened, or up to when time was moved by command, and
    None where nothing happened yet.
    """

    __slots__ = ("_in_force", "_pages", "_tables", "actor", "changes", "ids", "latest_at")

    def __init__(
        self,
        tables: Mapping[type[Row], Table],
        pages: Pages,
        ids: Ids,
        in_force: Callable[["Desk"], str],
        latest_at: Instant | None = None,
    ) -> None:
        """Take what is loaded; `in_force` finds the version of the policy that a row on the desk names."""
        self._tables = tables
        self._pages = pages
        self._in_force = in_force
        self.actor: Actor = CLOCK
        self.ids = ids
        self.latest_at = latest_at
        self.changes: list[Change] = []

    @property
    def policy_version(self) -> str:
        """Return the version of the policy in force for what begins now.

        Raises:
            Refusal: none is in force yet.
        """
        return self._in_force(self)

    def find(self, kind: type[R], key: str) -> R | None:
        """Return the row, or None where there is none."""
        return self._tables[kind][key]

    def need(self, kind: type[R], key: str) -> R:
        """Return the row.

        Raises:
            NotFound: there is none.
        """
        row = self._tables[kind][key]
        if row is None:
            name = kind.__name__.lower()
            raise NotFound(f"{name}:{key}", kind=kind.called)
        return row

    def put(self, row: R, was: R | None) -> None:
        """Put a new version of a row that was read, or a row that was looked for and not found.

        `was` is the version that it was made from: the one on the desk, so that nothing that was written
        since is lost. Where there is none on the desk, it is None, or one that begins with zeros.
        """
        kind = type(row)
        key = row.id
        table = self._tables[kind]
        before = table[key]
        assert before is was or before is None, f"{kind.__name__} {key}: written since it was read"
        self.changes.append(Change(kind, key, before))
        table[key] = row

    def add(self, row: Row) -> None:
        """Put a row whose id was made here and is new: it is not looked for first."""
        self.changes.append(Change(type(row), row.id, None))
        self._tables[type(row)][row.id] = row

    def page(self, index: Index, group: str, after: str = "", limit: int = 200) -> tuple[str, ...]:
        """Return at most `limit` ids of the index's `group` after `after`, ascending."""
        return tuple(self._pages(Page(index, group, after, limit)))

    def undo(self) -> None:
        """Take back every write of the running command."""
        for kind, key, before in reversed(self.changes):
            self._tables[kind][key] = before
        self.changes = []
