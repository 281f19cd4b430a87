"""Transactions of the engine, exactly once: load and lock rows, run a unit of work on a desk, write, commit.

The work is pure, so it is simply run again: with more rows where it missed some, from the start after a
serialization conflict, and after a lost connection, unless the journal shows that the commit went through.
"""

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from types import MappingProxyType
from typing import Generic, NamedTuple, TypeVar

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus

from holdfast.engine.failures import Failure
from holdfast.house import ELSEWHERE
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Missed, NotLoaded, Page
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Fact, Row
from holdfast.policy.model import IN_FORCE, AdoptedPolicy, InForce
from holdfast.postgres import exclusive, journal, reading, writing
from holdfast.postgres.keepers import Keepers
from holdfast.postgres.keys import SIGHTS, Keys, Seen, add_neighbours, no_further, no_keys, pages_of
from holdfast.postgres.lacking import Lacking
from holdfast.postgres.line import Line, is_lost
from holdfast.postgres.reading import Connection, Loaded, Present
from holdfast.postgres.remembered import Remembered
from holdfast.postgres.session import Session, Work

T = TypeVar("T")


_MOST_BEATEN = 100
"""The number of conflicts in a row after which the error is raised: that is no bad luck any more."""

_MOST_MISSED = 300
"""The number of tries of some work that missed rows: where there are more, a handler is at fault."""

_TURN_TIMEOUT = b"SET LOCAL idle_in_transaction_session_timeout = '60s'"
_REHEARSAL = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_TURN = b"SELECT pg_advisory_xact_lock(hashtextextended('holdfast deadlines ' || current_schema(), 0))"

_BEATEN = (errors.UniqueViolation, errors.DeadlockDetected, errors.SerializationFailure)
"""Conflicts: another transaction made the same row, or holds a lock that we need. The work is run again."""


class _Doubt(NamedTuple, Generic[T]):
    """A try in doubt: its COMMIT was sent and not answered. It has the result, and the state of the ids.

    Whether it was committed is told by its first fact; where it has none, by the rows that only it makes.
    """

    fact_id: str | None
    requests: list[Row]
    result: T
    mark: tuple[Instant, int]
    failures: list[Failure]


class Transactor:
    """The runner of units of work, in transactions over one connection, which reconnects when it is lost."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        ids: Ids,
        register: Callable[[Connection], None] = exclusive.register,
        keepers: Keepers = MappingProxyType({}),
    ) -> None:
        self._line = Line(connect, register)
        self._ids = ids
        self._keepers = keepers
        self._remembered = Remembered()
        self._in_force: str | None = None
        self._moved_to: Instant | None = None

    def close(self) -> None:
        """Close the connection."""
        self._line.close()

    def release(self) -> None:
        """Release the locks that outlive transactions, at the end of a play."""

    @property
    def _connection(self) -> Connection:
        return self._line.connection

    @property
    def ids(self) -> Ids:
        """Return the source of ids."""
        return self._ids

    def reset_ids(self, mark: tuple[Instant, int]) -> None:
        """Reset the source of ids to a savepoint."""
        self._ids.reset(mark)

    def move_to(self, at: Instant) -> None:
        """Set the instant to which time was moved by command: nothing happens before it."""
        self._moved_to = max(at, self._moved_to or at)

    def latest_at(self) -> Instant | None:
        """Return the time of the newest fact, or the later instant to which time was moved by command."""
        return self._latest(self.read(_read_present))

    def _latest(self, present: Present) -> Instant | None:
        times = [at for at in (present.newest_at, self._moved_to) if at is not None]
        return max(times, default=None)

    def read(self, ask: Callable[[Connection], T]) -> T:
        """Run an idempotent query between transactions. See `Line.read`."""
        return self._line.read(ask)

    def transact(self, work: Work[T]) -> T:
        """Run a unit of work in a transaction, and return its result once it is committed.

        Raises:
            ServerUnreachable: the server was lost and did not come back; whether the work was committed is
                not known then: send the same idempotency keys again.
            DiskFull: the server has no room; nothing was done.
        """
        done = self._attempts(lambda: work)
        assert done is not None, "there was work"
        return done.result

    def in_turn(self, choose: Callable[[Connection], Work[T] | None]) -> T | None:
        """Choose a unit of work and run it, in one transaction under a mutex; None where nothing was chosen.

        One process of a schema is in this section at a time, so that each chooses after the one before has
        committed. Transactions outside of it do not wait; a process that hangs in it loses the mutex by a
        timeout.

        Raises:
            ServerUnreachable, DiskFull: see `transact`.
        """

        def begin() -> Work[T] | None:
            with self._connection.pipeline():
                self._connection.execute(b"BEGIN")
                self._connection.execute(_TURN_TIMEOUT)
                self._connection.execute(_TURN)
            return choose(self._connection)

        done = self._attempts(begin)
        return None if done is None else done.result

    def rehearse(self, work: Work[T]) -> T:
        """Run a unit of work over the rows as they are, and keep nothing of it.

        No write can come of it, whatever the work does: the server is told that the transaction only reads.
        It has one view of all rows, and locks none, so nobody waits for it.

        Raises:
            ServerUnreachable: see `transact`.
        """
        return self.read(lambda _connection: self._rehearsed(work))

    def _rehearsed(self, work: Work[T]) -> T:
        lacking = Lacking(no_keys(), set())
        mark = self._ids.mark()
        with self._rolled_back():
            self._connection.execute(_REHEARSAL)
            for _ in range(_MOST_MISSED):
                self._ids.reset(mark)
                keys = lacking.with_keys(work.keys)
                self._scout(keys, lacking.pages, work.fresh, money=work.money)
                session = self._begin(keys, lacking.pages, lock=False)
                try:
                    result = work.do(session)
                except (Missed, NotLoaded) as missed:
                    lacking.add(missed)
                    continue
                for failure in session.failures:
                    failure.log()
                self._connection.execute("ROLLBACK")
                self._ids.reset(mark)
                return result
        raise AssertionError(f"{_MOST_MISSED} tries, and rows are missed still")

    def _attempts(self, take: Callable[[], Work[T] | None]) -> "_Doubt[T] | None":
        """Retry until a commit: the same work again, or work that is chosen anew."""
        lacking = Lacking(no_keys(), set())
        doubts: list[_Doubt[T]] = []
        beaten = losses = missing = 0
        mark = self._ids.mark()
        while True:
            self._ids.reset(mark)
            tried: list[_Doubt[T]] = []
            try:
                with self._rolled_back():
                    self._line.register()
                    return self._attempt(take(), lacking, doubts, tried)
            except (Missed, NotLoaded) as missed:
                lacking.add(missed)
                missing += 1
                if missing == _MOST_MISSED:
                    raise
            except _BEATEN:
                beaten += 1
                if beaten == _MOST_BEATEN:
                    raise
            except psycopg.Error as error:
                # Where the line was lost, so was the answer to COMMIT, and with it whether it happened: only
                # the database can tell. The next try asks it under the same locks before it does anything,
                # see `_happened`. Any other error is raised by `reopen`.
                doubts += tried
                losses += 1
                self._line.reopen(error, losses)
                self._remembered.clear()

    def _attempt(
        self, work: Work[T] | None, lacking: Lacking, doubts: list[_Doubt[T]], tried: list[_Doubt[T]]
    ) -> "_Doubt[T] | None":
        """Run the work once. `tried` gets the try before its COMMIT is sent, as the answer may be lost."""
        keys = lacking.with_keys(no_keys() if work is None else work.keys)
        if work is not None:
            self._scout(keys, lacking.pages, work.fresh, money=work.money)
        elif not doubts:
            self._connection.execute("ROLLBACK")
            return None
        session = self._begin(keys, lacking.pages)
        if (happened := self._happened(doubts, session)) is not None:
            self._connection.execute("ROLLBACK")
            self._ids.reset(happened.mark)
            for failure in happened.failures:
                failure.log()
            return happened
        if work is None:
            self._connection.execute("ROLLBACK")
            return None
        result = work.do(session)
        done = _Doubt(*session.proof(), result, self._ids.mark(), session.failures)
        # Before the commit, not after it: from the moment that COMMIT is sent the try may have happened,
        # whether or not an answer ever comes. Were it unknown then, its work would be done twice.
        tried.append(done)
        self._commit(session)
        for failure in session.failures:
            failure.log()
        return done

    @contextmanager
    def _rolled_back(self) -> Generator[None]:
        """Roll back, or close the connection, when the block does not come to its commit."""
        try:
            yield
        except BaseException as error:
            interrupt = _interrupt(error)
            if interrupt is not None:  # in the midst of an exchange with the server that nobody can take up
                self._connection.close()
                raise interrupt from None
            if is_lost(error, self._connection):
                self._connection.close()  # it may stand, while who is behind it is away
            elif not self._connection.closed:
                self._connection.execute("ROLLBACK")
            raise

    def _scout(self, keys: Keys, pages: set[Page], fresh: frozenset[str], *, money: bool = True) -> None:
        """Prefetch keys: add, without locks, the neighbours of named rows, and the rows of their pages."""
        paged = self._turn_pages(keys, pages)
        seen: set[tuple[type[Row], str]] = set()
        while True:
            new = no_keys()
            for kind in SIGHTS:
                for key in keys.get(kind, ()):
                    if key not in fresh and (kind, key) not in seen:
                        new[kind].add(key)
                        seen.add((kind, key))
            if not new:
                return
            turned: set[Page] = set()
            for found in self._look(new):
                add_neighbours(keys, found, money=money)
                seen.update(no_further(found, paged))
                turned.update(pages_of(found))
            turned -= pages
            paged |= self._turn_pages(keys, turned)
            pages |= turned

    def _look(self, new: Keys) -> list[Seen]:
        """Read the columns of rows that lead to their neighbours and pages."""
        return reading.look(self._connection, new)

    def _turn_pages(self, keys: Keys, pages: Iterable[Page]) -> set[str]:
        """Add the rows of index pages, and return their ids."""
        turned: set[str] = set()
        for page in pages:
            ids = reading.page_ids(self._connection, page)
            keys[page.of.kind].update(ids)
            turned.update(ids)
        return turned

    def _begin(self, keys: Keys, pages: set[Page], *, lock: bool = True) -> Session:
        loaded = self._nothing_loaded()
        if self._in_force is not None:
            # As it was last; where it has changed, its policy is missed and asked for.
            keys[AdoptedPolicy].add(self._in_force)
        self._remembered.fill(keys, loaded)
        with self._connection.pipeline():
            if self._connection.info.transaction_status is TransactionStatus.IDLE:
                self._connection.execute("BEGIN")
            asked = self._ask(keys, loaded, lock=lock)
            present_asked = reading.ask_present(self._connection)
        reading.take(asked, loaded)
        self._load_elsewhere(keys, loaded)
        present = reading.take_present(present_asked)
        self._take_present(present, loaded)
        self._remembered.store(loaded)
        answered = {page: reading.page_ids(self._connection, page) for page in pages}
        return Session(loaded, answered, self._ids, self._latest(present))

    def _nothing_loaded(self) -> Loaded:
        return Loaded()

    def _ask(self, keys: Keys, _loaded: Loaded, *, lock: bool) -> reading.Asked:
        """Send the queries that load, and lock, the touched rows."""
        return reading.ask(self._connection, keys, lock=lock)

    def _load_elsewhere(self, keys: Keys, loaded: Loaded) -> None:
        """Load rows that have no table, by their keepers; without a keeper there are none."""
        for kind in ELSEWHERE:
            ids = sorted(keys.get(kind, ()))
            if ids:
                loaded[kind].update(dict.fromkeys(ids))
                if kind in self._keepers:
                    loaded[kind].update(self._keepers[kind].load(self._connection, ids))

    def _take_present(self, present: Present, loaded: Loaded) -> None:
        """Add the policy in force to the loaded rows, and move the ids behind the newest fact's."""
        if IN_FORCE not in loaded[InForce]:  # where it is to change, it was asked for itself, with its lock
            loaded[InForce][IN_FORCE] = present.in_force
        self._in_force = None if present.in_force is None else present.in_force.version
        if present.newest_id is not None:
            self._ids.follow(present.newest_id)

    def _happened(self, doubts: Iterable[_Doubt[T]], session: Session) -> _Doubt[T] | None:
        """Return the try in doubt that was committed, if one was. The locks are held: none can still come."""
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
        writing.copy_new(self._connection, new, session.facts)
        # Keepers may do what no rollback undoes (a line in the list of erasures). So they come as late as can
        # be: only the updates, the positions in the feed and COMMIT follow, in one round trip.
        self._save_elsewhere(changed, session.facts)
        with self._connection.pipeline():
            writing.send_changed(self._connection, changed)
            if session.facts:
                journal.send_to_feed(self._connection, session.facts)
            self._connection.execute("COMMIT")

    def _save_elsewhere(self, changed: writing.ByKind, facts: list[Fact]) -> None:
        for kind, keeper in self._keepers.items():
            if kind in changed:
                keeper.save(self._connection, changed[kind], facts)


def _read_present(connection: Connection) -> Present:
    return reading.take_present(reading.ask_present(connection))


def _interrupt(error: BaseException) -> BaseException | None:
    """Return the interrupt behind an error, as Ctrl-C: the driver may have raised its own error over it."""
    behind: BaseException | None = error
    while behind is not None and isinstance(behind, Exception):
        behind = behind.__context__
    return behind
