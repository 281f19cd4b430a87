"""The desk: a unit of work. It has rows by type and id, and the list of changes that a command made to them.

Handlers see nothing else. In memory its tables hold all rows; over a database they hold the rows that were
loaded. A handler that reads another one raises `NotLoaded`; the engine loads that row and runs the command
again from the start, which is safe because handlers are pure.
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
    """A handler asked for a row, or a page of an index, that is not loaded on the desk yet."""

    def __init__(self, kind: object, key: object) -> None:
        super().__init__(kind, key)
        self.kind = kind
        self.key = key


class Missed(Exception):  # noqa: N818 - as above
    """The misses of a whole batch: commands after the first miss run on, so that one round trip loads all."""

    def __init__(self, misses: Iterable[NotLoaded]) -> None:
        super().__init__()
        self.misses = list(misses)


class Index(NamedTuple):
    """A partial index: sorted row ids by group, as the open orders of each merchant.

    `group` returns the group of a row, or None where the row is not in the index. In a database the group is
    the value of the column `by`, of the rows that meet `where`. Made by `kernel.index.index`.
    """

    name: str
    kind: type[Row]
    group: Callable[[Any], str | None]
    by: str
    where: str


class Page(NamedTuple):
    """One page of an index, by keyset: at most `limit` ids of `group` after the id `after`, ascending."""

    of: Index
    group: str
    after: str
    limit: int


class Pages(Protocol):
    """The function by which a home answers for pages of an index."""

    def __call__(self, page: Page, /) -> Iterable[str]:
        """Return the ids of the page, ascending; raise `NotLoaded` where the page is not loaded."""
        ...


class Change(NamedTuple):
    """One write on the desk: the row's type and id, and the version before it (None: it is new)."""

    kind: type[Row]
    id: str
    before: Row | None


class Desk:
    """The working set of one batch: all that a handler can read and write.

    `actor` is who submitted the running command, or the clock; `proposal` the number of the proposal that it
    carries out, empty where one person decides; `changes` lists its writes in order, an undo log; `ids` makes
    new ids; `latest_at` is the time of the newest fact, or the instant to which time was moved by command,
    and None in a home without facts.
    """

    __slots__ = ("_in_force", "_pages", "_tables", "actor", "changes", "ids", "latest_at", "proposal")

    def __init__(
        self,
        tables: Mapping[type[Row], Table],
        pages: Pages,
        ids: Ids,
        in_force: Callable[["Desk"], str],
        latest_at: Instant | None = None,
    ) -> None:
        """Begin over loaded tables; `in_force` returns the version of the policy in force, from a row."""
        self._tables = tables
        self._pages = pages
        self._in_force = in_force
        self.actor: Actor = CLOCK
        self.proposal = ""
        self.ids = ids
        self.latest_at = latest_at
        self.changes: list[Change] = []

    @property
    def policy_version(self) -> str:
        """Return the version of the policy in force, which applies to whatever begins now.

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
        """Write a new version of a row, by compare-and-swap against the version that it was made from.

        `was` is that version, and must be the one on the desk: a write in between would else be lost. Where
        the desk has none, `was` is None, or a row of zeros that stood for one.
        """
        kind = type(row)
        key = row.id
        table = self._tables[kind]
        before = table[key]
        assert before is was or before is None, f"{kind.__name__} {key}: written since it was read"
        self.changes.append(Change(kind, key, before))
        table[key] = row

    def add(self, row: Row) -> None:
        """Insert a row whose id was made here, and so is new: no look-up is needed."""
        self.changes.append(Change(type(row), row.id, None))
        self._tables[type(row)][row.id] = row

    def page(self, index: Index, group: str, after: str = "", limit: int = 200) -> tuple[str, ...]:
        """Return at most `limit` ids of the index's `group` after `after`, ascending."""
        return tuple(self._pages(Page(index, group, after, limit)))

    def undo(self) -> None:
        """Roll back every write of the running command, from the undo log."""
        for kind, key, before in reversed(self.changes):
            self._tables[kind][key] = before
        self.changes = []
