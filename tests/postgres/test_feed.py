"""The feed in both homes: positions by commit, whoever commits, and readers that miss nothing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from random import Random

import psycopg
import pytest
from two_homes import Both, both

from histories import CONSUMERS, START, opening, policy
from holdfast.audit.checks import audit
from holdfast.engine.execution import Submission
from holdfast.journal.feed import Cursor, Lag, Reader
from holdfast.kernel.desk import Desk
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Fact, Row
from holdfast.ledger.model import Account
from holdfast.parties.model import SetConsumerLimit
from holdfast.postgres.home import Postgres
from holdfast.postgres.journal import lags, stored_facts
from holdfast.postgres.wire import open_wire
from holdfast.publishing import follower

COUNTED = "counted"


def count(desk: Desk, _fact: Fact) -> None:
    """Count facts in a row of the reader's own: an account's version."""
    row = desk.find(Account, COUNTED)
    version = 0 if row is None else row.version
    desk.put(Account(id=COUNTED, currency="CNY", never_negative=False, version=version + 1), row)


def ignore(_desk: Desk, _fact: Fact) -> None:
    """Make nothing of a fact."""


def counts_of(_fact: Fact) -> list[tuple[type[Row], str]]:
    return [(Account, COUNTED)]


COUNTING = Reader("counting", count, counts_of)


@pytest.fixture
def homes(migrated_url: str) -> Iterator[Both]:
    """Both homes with a market."""
    with both(migrated_url) as given:
        given.adopt(policy("full"), START)
        given.run([Submission(command, START) for command in opening()])
        yield given


def limits(number: int) -> list[Submission]:
    command = SetConsumerLimit(consumer_id=CONSUMERS[0], limit_minor=5_000_000)
    return [Submission(command, START) for _ in range(number)]


def counted(home: Postgres) -> int:
    row = home.row(Account, COUNTED)
    return 0 if row is None else row.version


def test_positions_are_told_by_counting_and_pages_fit_together(homes: Both) -> None:
    homes.run(limits(40))
    facts = list(homes.postgres.facts())
    assert list(homes.postgres.positions()) == [(n, fact.id) for n, fact in enumerate(facts)]
    for home in homes:
        assert home.feed(0, 10**6) == facts
        for most in (1, 7, 40):
            found: list[Fact] = []
            while some := home.feed(len(found), most):
                assert len(some) <= most
                found += some
            assert found == facts
        assert home.feed(len(facts), 5) == []


def test_a_reader_takes_each_fact_once_and_its_rows_move_with_its_cursor(homes: Both) -> None:
    homes.run(limits(25))
    size = len(list(homes.memory.facts()))
    for home in homes:
        taken: list[int] = []
        while taken_now := home.read_on(COUNTING, 10):
            taken.append(taken_now)
        assert sum(taken) == size
        assert home.read_on(COUNTING, 10) == 0
    homes.assert_same()
    assert counted(homes.postgres) == size
    last = list(homes.memory.facts())[-1]
    assert homes.memory.row(Cursor, "counting") == Cursor(id="counting", position=size, moved_at=last.at)


class BrokenError(Exception):
    """A reader's own error."""


def test_where_a_reader_fails_nothing_of_its_page_is_kept(homes: Both) -> None:
    homes.run(limits(9))
    for home in homes:
        assert home.read_on(COUNTING, 4) == 4
        seen: list[Fact] = []

        def fail_late(desk: Desk, fact: Fact, seen: list[Fact] = seen) -> None:
            count(desk, fact)
            seen.append(fact)
            if len(seen) > 2:
                raise BrokenError

        with pytest.raises(BrokenError):
            home.read_on(Reader("counting", fail_late), 4)
        cursor = home.row(Cursor, "counting")
        assert cursor is not None
        assert cursor.position == 4
        row = home.row(Account, COUNTED)
        assert row is not None
        assert row.version == 4
    homes.assert_same()


def test_a_cursor_that_is_elsewhere_by_now_does_not_move(homes: Both) -> None:
    homes.run(limits(6))
    for home in homes:
        assert home.read_on(COUNTING, 3, at=0) == 3
        assert home.read_on(COUNTING, 3, at=0) == 0
        assert home.read_on(COUNTING, 3, at=2) == 0
        assert home.read_on(COUNTING, 3, at=3) == 3
    homes.assert_same()


def test_readers_have_their_own_pace_and_it_is_told(homes: Both, migrated_url: str) -> None:
    homes.run(limits(6))
    homes.postgres.read_on(COUNTING, 5)
    slow = Reader("slow", ignore)
    homes.postgres.read_on(slow, 1)
    facts = list(homes.postgres.facts())
    size = len(facts)
    with open_wire(migrated_url, None) as connection:
        assert lags(connection) == [
            Lag("counting", 5, size - 5, facts[5].at),
            Lag("slow", 1, size - 1, facts[1].at),
        ]
        homes.postgres.read_on(slow, size)
        assert lags(connection)[1] == Lag("slow", size, 0, None)


def test_two_processes_that_are_one_reader_take_each_fact_once(homes: Both, migrated_url: str) -> None:
    homes.run(limits(300))

    def read_all(seed: int) -> int:
        with closing(Postgres(migrated_url, None, Ids(Random(seed)), guard=None)) as home:
            total = 0
            while (cursor := home.row(Cursor, "counting")) is None or cursor.position < size:
                total += home.read_on(COUNTING, 7)
            return total

    size = len(list(homes.memory.facts()))
    with ThreadPoolExecutor(3) as threads:
        assert sum(threads.map(read_all, (5, 6, 7))) == size
    assert counted(homes.postgres) == size


def test_a_reader_beside_lanes_misses_none_and_takes_none_twice(homes: Both, migrated_url: str) -> None:
    """Three lanes commit whenever they can; what the reader has seen is in the end all, in order."""
    lanes, each, batch = 3, 25, 4
    seen: list[str] = []
    noting = Reader("noting", ignore)

    def sell(seed: int) -> None:
        with closing(Postgres(migrated_url, None, Ids(Random(seed)), guard=None)) as home:
            for _ in range(each):
                assert all(one.accepted for one in home.run(limits(batch)))

    before = len(list(homes.postgres.facts()))
    size = before + lanes * each * batch
    with ThreadPoolExecutor(lanes) as threads:
        running = [threads.submit(sell, seed) for seed in (11, 12, 13)]
        with closing(Postgres(migrated_url, None, Ids(Random(14)), guard=None)) as home:
            while len(seen) < size:
                over = all(one.done() for one in running)
                page = home.feed(len(seen), 50)
                count = home.read_on(noting, len(page)) if page else 0
                assert count == len(page)
                seen += [fact.id for fact in page]
                assert page or not over, "nobody commits any more, and not all is there"
        for one in running:
            one.result()
    assert sorted(seen) == sorted(fact.id for fact in homes.postgres.facts())
    assert [fact_id for _, fact_id in homes.postgres.positions()] == seen
    assert audit(homes.postgres).findings == []


def test_whoever_commits_first_comes_first_whenever_its_ids_were_made(homes: Both, migrated_url: str) -> None:
    """Its facts are recorded, another commits before: a cursor over ids would skip them."""
    with psycopg.connect(migrated_url) as late:
        late.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('holdfast feed ' || current_schema(), 0))"
        )
        with ThreadPoolExecutor(1) as threads:
            coming = threads.submit(homes.postgres.run, limits(2))
            waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            while late.execute(waits).fetchone() == (0,):
                assert not coming.done(), "it went on, and should have waited for its turn"
            size = late.execute("SELECT max(first + cardinality(fact_ids)) FROM feed").fetchone()
            late.rollback()
            assert len(coming.result()) == 2
    assert size is not None
    assert [position for position, _ in homes.postgres.positions()][-2:] == [size[0], size[0] + 1]


@pytest.mark.parametrize("after", [0, 32_000, 32_767, 40_000, 2**31 - 10, 2**40])
def test_positions_have_room(migrated_url: str, after: int) -> None:
    """The driver sends a number in the fewest bytes that hold it, and a sum may need more."""
    with open_wire(migrated_url, None) as connection:
        connection.execute(
            b"INSERT INTO feed VALUES (0, ARRAY[gen_random_uuid()]), (%s, ARRAY[gen_random_uuid()])",
            (max(1, after),),
        )
        for most in (1, 5_000, 32_767, 10**6):
            assert stored_facts(connection, after, most) == []
            assert follower.take(connection, most) is None
        assert lags(connection) == []
        assert follower.waiting(connection).recorded == max(1, after) + 1


SPOILED = {
    "it has no position": "DELETE FROM feed WHERE first = (SELECT max(first) FROM feed)",
    "was to come": "UPDATE feed SET first = first + 1 WHERE first = (SELECT max(first) FROM feed)",
    "it has several": (
        "INSERT INTO feed SELECT (SELECT max(first + cardinality(fact_ids)) FROM feed), fact_ids"
        " FROM feed WHERE first = 0"
    ),
    "and the feed has": "INSERT INTO cursors VALUES ('ahead', 10000, now())",
}


@pytest.mark.parametrize("what", SPOILED)
def test_an_audit_finds_what_is_wrong_with_a_feed(homes: Both, migrated_url: str, what: str) -> None:
    assert audit(homes.postgres).findings == []
    with psycopg.connect(migrated_url) as connection:
        connection.execute(SPOILED[what].encode())
    [checked] = [check for check in audit(homes.postgres).checks if check.name == "feed_is_whole"]
    assert any(what in finding.what for finding in checked.findings), checked
