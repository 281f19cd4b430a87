"""One transaction of the engine: rows loaded and locked, work done on a desk, all written and committed.

Work is pure, so it is simply done again: with more rows where it missed some, from the start where another
process was faster, and where the connection was lost, unless the journal shows that it was committed.
"""

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from typing import Any, Generic, NamedTuple, TypeVar

import psycopg
from psycopg import errors

from holdfast.engine.execution import Executed
from holdfast.engine.requests import Request
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk, Missed, NotLoaded, Page
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Fact, Row
from holdfast.policy.model import IN_FORCE, AdoptedPolicy, InForce, version_in_force
from holdfast.postgres import reading, writing
from holdfast.postgres.keys import SCOUTED, Keys, add_neighbours, no_keys
from holdfast.postgres.line import Line
from holdfast.postgres.reading import Connection, Loaded, Present
from holdfast.postgres.tables import TABLES

T = TypeVar("T")

_MOST_BEATEN = 100
"""Tries after which losing to others is no bad luck any more, but an error that is shown."""

_BEATEN = (errors.UniqueViolation, errors.DeadlockDetected, errors.SerializationFailure)
"""Another transaction was faster: it made the same row, or holds what we need. Then we begin again."""


class _Doubt(NamedTuple, Generic[T]):
    """A try whose commit was not answered: what it returned, and where it left the ids.

    Its first fact tells whether it happened; where it has none, the answered requests that it made do.
    """

    fact_id: str | None
    requests: list[Row]
    result: T
    mark: tuple[Instant, int]


class _Pages:
    """Answers index questions: what the database had, corrected by what is on the desk.

    It knows the rows and not the desk, as the desk knows it: a batch that is done is free at once, without
    the collector of cycles, which would stop everybody for it.
    """

    def __init__(self, loaded: Loaded, answered: dict[Page, list[str]]) -> None:
        self._loaded = loaded
        self._answered = answered

    def __call__(self, page: Page, /) -> Iterable[str]:
        rows = self._loaded[page.of.kind]
        asked = page._replace(limit=page.limit + _room(len(rows)))
        known = next((p for p in self._answered if p[:3] == page[:3] and p.limit >= asked.limit), None)
        if known is None:
            raise NotLoaded(page.of, asked)
        stored = self._answered[known]
        last = stored[-1] if len(stored) == known.limit else None
        group = page.of.group
        mine = {
            key
            for key, row in rows.items()
            if row is not None
            and key > page.after
            and group(row) == page.group
            and (last is None or key <= last)
        }
        kept = {key for key in stored if rows.get(key) is None and key not in rows}
        return sorted(mine | kept)[: page.limit]


class Session:
    """What the work sees: a desk, and where it says what it did."""

    def __init__(
        self, loaded: Loaded, answered: dict[Page, list[str]], ids: Ids, latest_at: Instant | None
    ) -> None:
        self._loaded = loaded
        self._changed = writing.Changed()
        self.facts: list[Fact] = []
        self.desk = Desk(loaded, _Pages(loaded, answered), ids, version_in_force, latest_at)

    def absorb(self, executed: Executed) -> None:
        """Note what one command did."""
        self.facts.extend(executed.outcome.facts)
        self._changed.note(executed.changes)

    def proof(self) -> tuple[str | None, list[Row]]:
        """Return what will show that this was committed: its first fact, else the answered requests."""
        if self.facts:
            return self.facts[0].id, []
        return None, self.split()[0].get(Request, [])

    def has(self, rows: Iterable[Row]) -> bool:
        """Tell whether the database has exactly these rows."""
        return all(self._loaded[type(row)].get(row.id) == row for row in rows)

    def split(self) -> tuple[writing.ByKind, writing.ByKind]:
        """Return new and changed rows."""
        return self._changed.split(self._loaded)


def _room(rows: int) -> int:
    """Return by how much a page is asked larger for the rows on the desk: in few steps, so rarely again."""
    return max(512, 1 << rows.bit_length())


class Transactor:
    """Runs work in transactions over one connection, which it opens anew when it is lost."""

    def __init__(self, connect: Callable[[], Connection], ids: Ids) -> None:
        self._line = Line(connect)
        self._ids = ids
        self._policies: dict[str, AdoptedPolicy] = {}
        self._in_force: str | None = None
        self._moved_to: Instant | None = None

    def close(self) -> None:
        """Close the connection."""
        self._line.close()

    @property
    def _connection(self) -> Connection:
        return self._line.connection

    def reset_ids(self, mark: tuple[Instant, int]) -> None:
        """Set the source of ids to a place in its sequence."""
        self._ids.reset(mark)

    def move_to(self, at: Instant) -> None:
        """Remember up to when time was moved by command: nothing happens before it."""
        self._moved_to = max(at, self._moved_to or at)

    def latest_at(self) -> Instant | None:
        """Return when the newest fact happened, or up to when time was moved by command."""
        return self._latest(self.read(_read_present))

    def _latest(self, present: Present) -> Instant | None:
        times = [at for at in (present.newest_at, self._moved_to) if at is not None]
        return max(times, default=None)

    def read(self, ask: Callable[[Connection], T]) -> T:
        """Ask something between transactions. See `Line.read`."""
        return self._line.read(ask)

    def transact(self, keys: Keys, work: Callable[[Session], T], fresh: frozenset[str] = frozenset()) -> T:
        """Do `work` in a transaction and return what it returns, once that is committed.

        Args:
            keys: the rows that it is known to touch.
            work: pure; it may be called several times, and only the last counts.
            fresh: ids of rows that are likely new, and so have no neighbours to look for.

        Raises:
            ServerUnreachable: the server was lost and did not come back; whether the work was committed is
                not known then: send the same idempotency keys again.
        """
        pages: set[Page] = set()
        doubts: list[_Doubt[T]] = []
        beaten = 0
        mark = self._ids.mark()
        while True:
            self._ids.reset(mark)
            tried: _Doubt[T] | None = None
            try:
                with self._rolled_back():
                    self._scout(keys, pages, fresh)
                    session = self._begin(keys, pages)
                    if (happened := self._happened(doubts, session)) is not None:
                        self._connection.execute("ROLLBACK")
                        self._ids.reset(happened.mark)
                        return happened.result
                    result = work(session)
                    tried = _Doubt(*session.proof(), result, self._ids.mark())
                    self._commit(session)
                    return result
            except (Missed, NotLoaded) as lacking:
                _add(lacking, keys, pages)
            except _BEATEN:
                beaten += 1
                if beaten == _MOST_BEATEN:
                    raise
            except psycopg.OperationalError:
                if not self._connection.closed:
                    raise
                if tried is not None:
                    doubts.append(tried)  # its answer was lost: it was committed, or not
                self._line.reconnect()

    @contextmanager
    def _rolled_back(self) -> Generator[None]:
        """Leave no transaction open when the work does not come to its commit."""
        try:
            yield
        except BaseException as error:
            interrupt = _interrupt(error)
            if interrupt is not None:  # in the midst of an exchange with the server that nobody can take up
                self._connection.close()
                raise interrupt from None
            if not self._connection.closed:
                self._connection.execute("ROLLBACK")
            raise

    def _scout(self, keys: Keys, pages: set[Page], fresh: frozenset[str]) -> None:
        """Find, without locks, the rows that are touched together with those that are named."""
        for page in pages:
            keys[page.of.kind].update(reading.page_ids(self._connection, page))
        seen: set[tuple[type[Row], str]] = {(kind, key) for kind in SCOUTED for key in fresh}
        while True:
            new = no_keys()
            for kind in SCOUTED:
                for key in keys.get(kind, ()):
                    if (kind, key) not in seen:
                        new[kind].add(key)
                        seen.add((kind, key))
            if not new:
                return
            found = Loaded()
            with self._connection.pipeline():
                asked = reading.ask(self._connection, new, lock=False)
            reading.take(asked, found)
            for rows in found.values():
                for row in rows.values():
                    if row is not None:
                        add_neighbours(keys, row)

    def _begin(self, keys: Keys, pages: set[Page]) -> Session:
        loaded = Loaded()
        self._fill_policies(keys, loaded)
        with self._connection.pipeline():
            self._connection.execute("BEGIN")
            asked = reading.ask(self._connection, keys, lock=True)
            present_asked = reading.ask_present(self._connection)
        reading.take(asked, loaded)
        present = reading.take_present(present_asked)
        self._take_present(present, loaded)
        for version, row in loaded[AdoptedPolicy].items():
            if row is not None:
                self._policies[version] = row
        answered = {page: reading.page_ids(self._connection, page) for page in pages}
        return Session(loaded, answered, self._ids, self._latest(present))

    def _take_present(self, present: Present, loaded: Loaded) -> None:
        """Put the policy in force among what is loaded; make only ids after the newest fact's."""
        if IN_FORCE not in loaded[InForce]:  # where it is to change, it was asked for itself, with its lock
            loaded[InForce][IN_FORCE] = present.in_force
        self._in_force = None if present.in_force is None else present.in_force.version
        if present.newest_id is not None:
            self._ids.follow(present.newest_id)

    def _fill_policies(self, keys: Keys, loaded: Loaded) -> None:
        """Take policies from those that were read before: they never change."""
        wanted = keys[AdoptedPolicy]
        if (
            self._in_force is not None
        ):  # as it was last: where it has changed, its policy is missed and asked for
            wanted.add(self._in_force)
        for version in list(wanted):
            if version in self._policies:
                wanted.discard(version)
        loaded[AdoptedPolicy].update(self._policies)

    def _happened(self, doubts: Iterable[_Doubt[T]], session: Session) -> _Doubt[T] | None:
        """Return the try whose commit went through, though its answer was lost."""
        query = b"SELECT 1 FROM facts WHERE id = %s::uuid"
        for doubt in doubts:
            if doubt.fact_id is None:
                happened = bool(doubt.requests) and session.has(doubt.requests)
            else:
                happened = self._connection.execute(query, (doubt.fact_id,)).fetchone() is not None
            if happened:
                return doubt
        return None

    def _commit(self, session: Session) -> None:
        new, changed = session.split()
        if not (new or changed or session.facts):
            self._connection.execute("ROLLBACK")
            return
        for kind, table in TABLES.items():
            if kind in new:
                writing.copy_rows(self._connection, table, new[kind])
        if session.facts:
            writing.copy_facts(self._connection, session.facts)
        with self._connection.pipeline():
            if session.facts:
                writing.send_unsequenced(self._connection, session.facts)
            for kind in TABLES:
                if kind in changed:
                    writing.send_updates(self._connection, kind, changed[kind])
            self._connection.execute("COMMIT")


def _read_present(connection: Connection) -> Present:
    return reading.take_present(reading.ask_present(connection))


def _interrupt(error: BaseException) -> BaseException | None:
    """Return Ctrl-C or another end of the program, where the driver has put an error of its own before it."""
    behind: BaseException | None = error
    while behind is not None and isinstance(behind, Exception):
        behind = behind.__context__
    return behind


def _add(lacking: Missed | NotLoaded, keys: Keys, pages: set[Page]) -> None:
    for miss in lacking.misses if isinstance(lacking, Missed) else (lacking,):
        kind: Any = miss.kind
        if isinstance(miss.key, Page):
            pages.add(miss.key)
        else:
            keys[kind].add(str(miss.key))
