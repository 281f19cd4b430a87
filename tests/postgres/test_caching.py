"""The cache of a play: it has what the database has, whatever happens to slices, lines and beside it."""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from random import Random

import psycopg
import pytest
from msgspec.structs import replace
from two_homes import constant_ids, empty

from databases import fresh_database
from histories import START, Provider, opening, policy, sale
from holdfast.audit.checks import audit
from holdfast.bench.bare.model import MoveMoney, OpenAccount, PlaceHold
from holdfast.bench.bare.room import ROOM as BARE
from holdfast.enforcement.model import DeclareAbsconded
from holdfast.engine.agenda import no_reaction
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.home import Home
from holdfast.engine.memory import Memory
from holdfast.house import ROOMS, commands_of
from holdfast.kernel.clock import DAY, HOUR, Instant
from holdfast.kernel.desk import Desk, NotLoaded, Page
from holdfast.kernel.ids import Ids
from holdfast.kernel.room import Room
from holdfast.kernel.rows import Command, FactBody, Row
from holdfast.ledger.model import Account, Hold, HoldEnded, HoldState
from holdfast.parties.model import Consumer, OpenPayLater, SetConsumerLimit
from holdfast.postgres import reading
from holdfast.postgres.caching import CachingTransactor, RowCache
from holdfast.postgres.home import Postgres
from holdfast.postgres.keys import Keys
from holdfast.postgres.migrate import migrate
from holdfast.postgres.reading import Connection, Loaded
from holdfast.postgres.tables import TABLES
from waiting import wait_for
from who_asks import Asked, Said, asked

HOLDS = 60
MOST = 7
DUE = START + DAY


@pytest.fixture(scope="module")
def url(postgres_url: str) -> Iterator[str]:
    """A database with the schema, whose commits need not reach the disk."""
    with fresh_database(postgres_url, durable=False) as url:
        migrate(url)
        yield url


class Watched(CachingTransactor):
    """A transactor that notes which rows each try asked for, and how often its work fetched some."""

    def __init__(self, connect: Callable[[], Connection], ids: Ids, most: int) -> None:
        super().__init__(connect, ids, most)
        self.asked: list[set[tuple[type[Row], str]]] = []
        self.fetched = 0

    def _ask(self, keys: Keys, loaded: Loaded, *, lock: bool) -> reading.Asked:
        asked = super()._ask(keys, loaded, lock=lock)
        self.asked.append({(table.row, key) for table, ids, _ in asked for key in ids})
        return asked

    def _fetch(
        self, cache: RowCache, on_desk: Loaded, answered: dict[Page, list[str]], miss: NotLoaded
    ) -> bool:
        self.fetched += 1
        return super()._fetch(cache, on_desk, answered, miss)


class Caching(Postgres):
    """A home with a cache that can be looked into; its slices have seven steps."""

    def __init__(self, url: str, cache: int = 10_000, ids: Ids | None = None) -> None:
        source = constant_ids() if ids is None else ids
        super().__init__(url, None, source, guard=None, most=MOST, cache=cache, commands=WITH_A_FAULT)
        self._transactor.close()
        self.watched = Watched(self._connect, source, cache)
        self._transactor = self.watched

    @property
    def cache(self) -> RowCache | None:
        """Return the cache, where there is one now."""
        return self.watched.cache

    def kill(self) -> None:
        """Have the server end the session."""
        assert self.cache is not None
        with psycopg.connect(self.cache.connection.info.dsn) as other:
            query = "SELECT pg_terminate_backend(%s, 10000)"
            assert other.execute(query, (self.cache.connection.info.backend_pid,)).fetchone() == (True,)


@pytest.fixture
def home(url: str) -> Iterator[Caching]:
    """An empty home with a cache of all rows."""
    empty(url)
    with closing(Caching(url)) as found:
        found.adopt(policy("full"), START - 1)
        yield found


def unheard(_submission: Submission | None, _at: Instant, _outcome: Outcome) -> None:
    """Hear nothing."""


def do(home: Home, *commands: Asked, at: Instant = START) -> None:
    assert all(outcome.accepted for outcome in home.run([asked(command, at) for command in commands]))


def with_holds(home: Home) -> None:
    """Place many holds that all expire at one instant."""
    do(home, *(OpenAccount(account_id=key, currency="CNY", never_negative=False) for key in ("a", "b")))
    do(
        home,
        *(
            PlaceHold(
                hold_id=f"h{number:03}",
                from_id="a",
                to_id="b",
                currency="CNY",
                amount_minor=number + 1,
                expires_at=DUE,
            )
            for number in range(HOLDS)
        ),
    )


def slices(home: Postgres, to: Instant = DUE) -> Generator[int]:
    return home.slices((), react=no_reaction, listen=unheard, until=to)


def moved(number: int) -> MoveMoney:
    return MoveMoney(transfer_id=f"t{number}", from_id="a", to_id="b", currency="CNY", amount_minor=number)


def waiting(url: str) -> int:
    """Return how many sessions wait for an advisory lock."""
    query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with psycopg.connect(url) as connection:
        [(number,)] = connection.execute(query).fetchall()
    return number


def locked(url: str) -> int:
    """Return how many sessions are the only writer, or in a turn."""
    query = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock'"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    with psycopg.connect(url) as connection:
        [(number,)] = connection.execute(query).fetchall()
    return number


def assert_true(home: Caching) -> None:
    """Hold every row of the cache against the database."""
    cache = home.cache
    assert cache is not None
    assert len(cache.rows) > 0
    for kind in TABLES:
        stored = {row.id: row for row in home.rows(kind)}
        known = {key: cache.rows[kind, key] for key in stored if (kind, key) in cache.rows}
        assert known == {key: stored[key] for key in known}


def assert_all_expired(home: Postgres, *transfers: int) -> None:
    """See that each hold expired once, and that nothing of what was moved beside that is lost."""
    assert {hold.state for hold in home.rows(Hold)} == {HoldState.EXPIRED}
    assert sum(isinstance(fact.body, HoldEnded) for fact in home.facts()) == HOLDS
    account = home.row(Account, "b")
    assert account is not None
    assert (account.posted_minor, account.pending_in_minor) == (sum(transfers), 0)
    assert audit(home).findings == []


def test_what_one_slice_touched_is_not_read_by_the_next(home: Caching) -> None:
    with_holds(home)
    home.watched.asked.clear()
    done = sum(1 for _ in slices(home))
    first, *later = home.watched.asked
    assert first == {(Account, "a"), (Account, "b")}  # the holds were read as it looked for neighbours
    assert later == [set()] * (done - 1)
    assert done > 5
    assert_all_expired(home)


def test_after_each_slice_the_cache_has_what_the_database_has(home: Caching) -> None:
    with_holds(home)
    for _ in slices(home):
        assert_true(home)


def test_a_history_is_remembered_rightly_slice_by_slice(home: Caching) -> None:
    keys = [f"o{number}" for number in range(12)]
    commands = [*opening(), *(each for key in keys for each in sale(key, "m1", "c1", 100, 3))]
    timeline = [asked(command, START + number * HOUR) for number, command in enumerate(commands)]
    for _ in home.slices(timeline, react=Provider(0, 20, 10).react, listen=unheard, until=START + 60 * DAY):
        assert_true(home)
    twin = Memory(constant_ids(), guard=None, commands=WITH_A_FAULT)
    twin.adopt(policy("full"), START - 1)
    twin.play(timeline, react=Provider(0, 20, 10).react, listen=unheard, until=START + 60 * DAY)
    assert list(home.facts()) == list(twin.facts())
    for kind in TABLES:
        assert list(home.rows(kind)) == list(twin.rows(kind))


def test_what_is_fetched_in_the_midst_of_a_slice_leaves_the_desk_as_it_is(home: Caching, url: str) -> None:
    """A wind-down that begins in the slice meets an order of a consumer whose limit was set just before."""
    before = [*opening(), *sale("o1", "m1", "c1", 100, 1)]
    gone = (Said(person, DeclareAbsconded(merchant_id="m1", reason="silent")) for person in ("Li", "Wang"))
    now = [SetConsumerLimit(consumer_id="c1", limit_minor=77_000), *gone]
    twin = Memory(constant_ids(), guard=None, commands=WITH_A_FAULT)
    twin.adopt(policy("full"), START - 1)
    do(home, *before)
    do(twin, *before)
    timeline = [asked(command, START + HOUR) for command in now]
    fresh = Caching(url)
    with closing(fresh):
        home.close()
        fresh.play(timeline, react=no_reaction, listen=unheard, until=START + DAY)
        assert fresh.watched.fetched > 0
        twin.play(timeline, react=no_reaction, listen=unheard, until=START + DAY)
        consumer = fresh.row(Consumer, "c1")
        assert consumer is not None
        assert (consumer.limit_minor, consumer.outstanding_minor) == (77_000, 0)
        assert list(fresh.facts()) == list(twin.facts())
        for kind in TABLES:
            assert list(fresh.rows(kind)) == list(twin.rows(kind))


@pytest.mark.parametrize("most", [1, 10])
def test_the_cache_does_not_grow_beyond_its_bound(url: str, most: int) -> None:
    empty(url)
    with closing(Caching(url, most)) as home:
        home.adopt(policy("full"), START - 1)
        with_holds(home)
        for _ in slices(home):
            assert home.cache is not None
            assert 0 < len(home.cache.rows) <= 2 * most
            assert len(home.cache.followed) <= 2 * most
        assert_all_expired(home)


def test_another_that_writes_between_two_slices_waits_for_one_and_is_seen(home: Caching, url: str) -> None:
    """What it changes is in the cache by then: money is moved between the accounts of the holds."""
    with_holds(home)
    course = slices(home)
    next(course)
    assert_true(home)
    other = Postgres(url, None, Ids(Random(5)), guard=None, commands=WITH_A_FAULT)
    with closing(other), ThreadPoolExecutor(1) as threads:
        came = threads.submit(do, other, moved(1_000), at=DUE)
        wait_for(lambda: waiting(url) == 1, going=lambda: not came.done())
        assert not came.done()
        next(course)
        assert home.cache is None
        came.result()
        do(other, moved(500), at=DUE)  # it writes on, and waits no more
        next(course)
        assert home.cache is None
    wait_for(lambda: next(course) > 0 and home.cache is not None)  # the other one is gone
    assert_true(home)
    for _ in course:
        pass
    assert_all_expired(home, 1_000, 500)


def test_what_was_written_while_the_line_was_lost_is_seen(home: Caching, url: str) -> None:
    with_holds(home)
    course = slices(home)
    next(course)
    assert_true(home)
    home.kill()
    with closing(Postgres(url, None, Ids(Random(5)), guard=None, commands=WITH_A_FAULT)) as other:
        do(other, moved(1_000), at=DUE)
    next(course)
    wait_for(lambda: home.cache is not None or next(course) > 0)  # the other one is gone
    assert_true(home)
    assert locked(url) == 1  # it has the lock again
    for _ in course:
        pass
    assert_all_expired(home, 1_000)


def test_two_plays_side_by_side_with_a_cache_each_do_each_deadline_once(home: Caching, url: str) -> None:
    with_holds(home)
    with closing(Caching(url, ids=Ids(Random(8)))) as other, ThreadPoolExecutor(2) as threads:
        made = [each.result() for each in [threads.submit(one.advance, DUE) for one in (home, other)]]
    assert sum(made) == HOLDS
    assert_all_expired(home)


def test_what_runs_on_the_same_home_between_slices_is_in_the_cache(home: Caching) -> None:
    with_holds(home)
    done: list[int] = []
    for number, _ in enumerate(slices(home), 1):
        do(home, moved(number), at=DUE)
        done.append(number)
        assert_true(home)
    assert_all_expired(home, *done)


class Spoil(Command, frozen=True, kw_only=True):
    """A command that is done on the desk, and cannot be written."""

    consumer_id: str


def spoil(desk: Desk, command: Spoil, _now: Instant) -> Sequence[FactBody]:
    """Set a limit that a check of the database refuses."""
    consumer = desk.need(Consumer, command.consumer_id)
    desk.put(replace(consumer, limit_minor=-1), consumer)
    return []


WITH_A_FAULT = commands_of((*ROOMS, BARE, Room("faulty", handles={Spoil: spoil})))


def test_a_slice_that_cannot_be_written_leaves_nothing_in_the_cache(home: Caching, url: str) -> None:
    """It is tried by halves; what follows reads the row that was spoiled on the desk, and as without it."""
    limit = SetConsumerLimit(consumer_id="c1", limit_minor=50_000)
    commands = [
        *opening(),
        limit,
        *(each for key in ("o1", "o2", "o3") for each in sale(key, "m1", "c1", 100, 1)),
        Spoil(consumer_id="c1"),
        *(each for key in ("o4", "o5", "o6") for each in sale(key, "m1", "c1", 100, 1)),
        OpenPayLater(consumer_id="c9", currency="CNY"),
    ]
    timeline = [asked(command, START) for command in commands]
    codes: list[str] = []

    def listen(_submission: Submission | None, _at: Instant, outcome: Outcome) -> None:
        if outcome.refusal is not None:
            codes.append(outcome.refusal.code)

    for _ in home.slices(timeline, react=no_reaction, listen=listen, until=START):
        assert_true(home)
    consumer = home.row(Consumer, "c1")
    assert consumer is not None
    assert (consumer.limit_minor, consumer.outstanding_minor) == (50_000, 600)
    assert codes == ["internal_error"]
    with_cache = [list(home.rows(kind)) for kind in TABLES], list(home.facts())
    home.close()
    empty(url)
    with closing(Postgres(url, None, constant_ids(), guard=None, most=MOST, commands=WITH_A_FAULT)) as plain:
        plain.adopt(policy("full"), START - 1)
        plain.play(timeline, react=no_reaction, listen=unheard, until=START)
        assert ([list(plain.rows(kind)) for kind in TABLES], list(plain.facts())) == with_cache


def test_whoever_ends_a_play_holds_nothing_any_more(home: Caching, url: str) -> None:
    with_holds(home)
    course = slices(home)
    next(course)
    assert locked(url) == 1
    course.close()
    assert locked(url) == 0
    assert home.cache is None
    do(home, moved(5), at=DUE)
    assert home.advance(DUE) > 0
    assert locked(url) == 0
    assert_all_expired(home, 5)


def test_a_play_that_fails_in_the_midst_holds_nothing_any_more(home: Caching, url: str) -> None:
    with_holds(home)

    def fail(_submission: Submission | None, _at: Instant, _outcome: Outcome) -> None:
        assert locked(url) == 1
        raise LookupError

    with pytest.raises(LookupError):
        home.play((), react=no_reaction, listen=fail, until=DUE)
    assert locked(url) == 0
    home.advance(DUE)
    assert_all_expired(home)


def test_a_play_whose_line_was_lost_at_its_end_ends(home: Caching) -> None:
    with_holds(home)
    course = slices(home)
    next(course)
    home.kill()
    course.close()
    assert home.cache is None
    home.advance(DUE)
    assert_all_expired(home)
