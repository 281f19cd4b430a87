"""A write-through cache of rows, valid for as long as its connection is the only writer.

A history that is played over PostgreSQL touches the same merchants, accounts and orders slice after slice.
While nobody else writes (see `exclusive`), the rows that a connection has read or committed are those of the
database: they are neither read again nor locked. Otherwise transactions are those of `transaction`.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import psycopg

from holdfast.house import ELSEWHERE
from holdfast.kernel.desk import Missed, NotLoaded, Page
from holdfast.kernel.ids import Ids
from holdfast.kernel.room import Key
from holdfast.kernel.rows import Row
from holdfast.postgres import exclusive, reading
from holdfast.postgres.keepers import Keepers
from holdfast.postgres.keys import SIGHTS, Keys, Seen, no_keys
from holdfast.postgres.lacking import Lacking
from holdfast.postgres.reading import Connection, Loaded, Rows
from holdfast.postgres.recent import Recent
from holdfast.postgres.session import Session, Work
from holdfast.postgres.tables import TABLES
from holdfast.postgres.transaction import Transactor

T = TypeVar("T")


class RowCache(NamedTuple):
    """The cache: the committed versions of recently used rows, over a connection that is the only writer.

    A value of `rows` is None where the database has no such row. Rows of immutable types are not cached, as
    few are used twice. `followed` are the values by which a row's neighbours were prefetched already.
    """

    connection: Connection
    rows: Recent[Key, Row | None]
    followed: Recent[Key, tuple[Any, ...]]

    def store(self, loaded: Loaded) -> None:
        """Store committed rows: as they were read, or as a committed transaction has left them."""
        for kind, rows in loaded.items():
            if kind in TABLES and not kind.immutable:
                for key, row in rows.items():
                    self.rows[kind, key] = row

    def fill(self, loaded: Loaded, keys: Keys) -> Keys:
        """Copy cached rows into `loaded`; return the keys of the rows that are not cached."""
        unknown = no_keys()
        for kind, ids in keys.items():
            for key in ids:
                if (kind, key) in self.rows:
                    loaded[kind][key] = self.rows[kind, key]
                else:
                    unknown[kind].add(key)
        return unknown

    def unfollowed(self, rows: Rows) -> Iterator[tuple[Any, ...]]:
        """Yield the values that lead to neighbours and pages of rows, unless they were followed before."""
        values_of = _VALUES[rows.kind]
        turns = SIGHTS[rows.kind].turns is not None
        for key, row in rows.items():
            if row is None:
                continue
            values = values_of(row)
            place = rows.kind, key
            if turns or place not in self.followed or self.followed[place] != values:
                self.followed[place] = values
                yield values

    def clear(self) -> None:
        """Forget everything."""
        self.rows.clear()
        self.followed.clear()


_ELSEWHERE: frozenset[object] = frozenset(ELSEWHERE)

_VALUES: dict[type[Row], Callable[[Row], tuple[Any, ...]]] = {
    kind: attrgetter(*sight.needs) for kind, sight in SIGHTS.items()
}


class _OverCache(Loaded):
    """The rows of a desk over a cache: writes stay on the desk until the transaction is committed."""

    def __init__(self, cached: Recent[Key, Row | None]) -> None:
        super().__init__()
        self._cached = cached

    def __missing__(self, kind: type[Row]) -> Rows:
        self[kind] = rows = _RowsOverCache(kind, self._cached)
        return rows


class _RowsOverCache(Rows):
    def __init__(self, kind: type[Row], cached: Recent[Key, Row | None]) -> None:
        super().__init__(kind)
        self._cached = cached

    def __missing__(self, key: str) -> Any:
        try:
            row = self._cached[self.kind, key]
        except KeyError:
            raise NotLoaded(self.kind, key) from None
        self[key] = row
        return row


class CachingTransactor(Transactor):
    """A `Transactor` that becomes the only writer for a play where it can, and then caches rows."""

    def __init__(
        self, connect: Callable[[], Connection], ids: Ids, most: int, keepers: Keepers = MappingProxyType({})
    ) -> None:
        """Connect. The cache holds the `most` recently used rows, and at most twice as many."""
        super().__init__(connect, ids, exclusive.register_candidate, keepers)
        self._most = most
        self._last: RowCache | None = None

    @property
    def cache(self) -> RowCache | None:
        """Return the cache; None where this connection is not the only writer, or was opened anew since."""
        return self._last if self._last is not None and self._last.connection is self._connection else None

    def in_turn(self, choose: Callable[[Connection], Work[T] | None]) -> T | None:
        """See `Transactor.in_turn`."""

        def begin(connection: Connection) -> Work[T] | None:
            self._lock(connection)
            return choose(connection)

        return super().in_turn(begin)

    def _lock(self, connection: Connection) -> None:
        """Become or stay the only writer, unless another process waits to write."""
        if self.cache is None:
            self._last = None
            if exclusive.try_lock(connection):
                self._last = RowCache(connection, Recent(self._most), Recent(self._most))
        elif not exclusive.nobody_waits(connection):
            exclusive.unlock(connection)
            self._last = None

    def release(self) -> None:
        """See `Transactor.release`."""
        cache, self._last = self.cache, None
        if cache is not None and not cache.connection.closed:
            try:
                exclusive.unlock(cache.connection)
            except psycopg.Error:
                cache.connection.close()  # it was lost, and the lock with it

    @contextmanager
    def _rolled_back(self) -> Generator[None]:
        """Roll back as `Transactor` does, and drop the cache after any error but a miss."""
        try:
            with super()._rolled_back():
                yield
        except (Missed, NotLoaded):
            raise
        except BaseException:
            if self._last is not None:
                self._last.clear()
            raise

    def _look(self, new: Keys) -> list[Seen]:
        if (cache := self.cache) is None:
            return super()._look(new)
        return [Seen(kind, list(cache.unfollowed(rows))) for kind, rows in self._read(cache, new).items()]

    def _read(self, cache: RowCache, keys: Keys) -> Loaded:
        """Return committed rows, from the cache or the database, and cache them."""
        loaded = Loaded()
        with self._connection.pipeline():
            asked = reading.ask(self._connection, cache.fill(loaded, keys), lock=False)
        reading.take(asked, loaded)
        cache.store(loaded)
        return loaded

    def _nothing_loaded(self) -> Loaded:
        return super()._nothing_loaded() if self.cache is None else _OverCache(self.cache.rows)

    def _ask(self, keys: Keys, loaded: Loaded, *, lock: bool) -> reading.Asked:
        if (cache := self.cache) is None:
            return super()._ask(keys, loaded, lock=lock)
        return reading.ask(self._connection, cache.fill(loaded, keys), lock=False)

    def _begin(self, keys: Keys, pages: set[Page], *, lock: bool = True) -> Session:
        session = super()._begin(keys, pages, lock=lock)
        if (cache := self.cache) is not None:
            cache.store(session.rows)
            session.fetch = partial(self._fetch, cache, session.rows, session.answered)
        return session

    def _fetch(
        self, cache: RowCache, on_desk: Loaded, answered: dict[Page, list[str]], miss: NotLoaded
    ) -> bool:
        """Load missed rows and their neighbours while the work runs, a `Fetch` of the agenda.

        Nothing is written before all work is done, so the database still has the committed versions.
        """
        if miss.kind in _ELSEWHERE:
            return False  # it is loaded when a transaction begins
        lacking = Lacking(no_keys(), set())
        lacking.add(miss)
        keys, pages = lacking
        self._scout(keys, pages, frozenset())
        for kind, rows in self._read(cache, keys).items():
            for key, row in rows.items():
                on_desk[kind].setdefault(key, row)
        answered.update((page, reading.page_ids(self._connection, page)) for page in pages)
        return True

    def _commit(self, session: Session) -> None:
        super()._commit(session)
        if (cache := self.cache) is not None:
            cache.store(session.rows)
