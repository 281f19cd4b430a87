"""The front over real lanes: what waits, what is refused, what is answered, and in which order."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from random import Random

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from asking_together import ask_together
from databases import name_of
from holdfast.audit.checks import audit
from holdfast.bench.bare.model import MoveMoney, OpenAccount
from holdfast.bench.bare.room import WITH_BARE
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.front import Busy, Front, Stopped
from holdfast.journal.requests import KeyInFlight
from holdfast.kernel.clock import Instant, SimulatedClock, parse
from holdfast.kernel.ids import Ids
from holdfast.ledger.model import Account, MoneyMoved, Transfer
from holdfast.policy_files.reading import named
from holdfast.postgres.home import Postgres
from holdfast.postgres.migrate import migrate
from holdfast.postgres.refusals import ServerUnreachable
from waiting import GUARD_SECONDS, wait_for

START: Instant = parse("2026-03-01")


@pytest.fixture
def database_url(migrated_url: str) -> str:
    """A database with the schema."""
    return migrated_url


@pytest.fixture
def lanes(database_url: str) -> Iterator[list[Postgres]]:
    """Two homes of the same rows, with two accounts."""
    migrate(database_url)
    homes = [Postgres(database_url, None, Ids(Random(seed)), commands=WITH_BARE) for seed in (1, 2)]
    for home in homes:
        home.adopt(named("full"), START - 1)
    opened = [OpenAccount(account_id=key, currency="CNY", never_negative=False) for key in ("a", "b")]
    homes[0].run([Submission(command, START) for command in opened])
    yield homes
    for home in homes:
        home.close()


def move(number: int, from_id: str = "a", to_id: str = "b") -> MoveMoney:
    return MoveMoney(transfer_id=f"t{number}", from_id=from_id, to_id=to_id, currency="CNY", amount_minor=1)


def front(lanes: list[Postgres], *, batch: int = 500, waiting: int = 10_000) -> Front:
    return Front(lanes, SimulatedClock(START), batch=batch, waiting=waiting)


@asynccontextmanager
async def locked_account(url: str) -> AsyncGenerator[None]:
    """Hold the row of account a, so that every batch that touches it waits."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT FROM accounts WHERE id = 'a' FOR UPDATE")
        yield
        connection.rollback()


async def until_waiting(url: str) -> None:
    """Return when a lane waits for the row."""
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with psycopg.connect(url, autocommit=True) as connection:
        await asyncio.to_thread(wait_for, lambda: connection.execute(query).fetchone() != (0,))


def test_a_key_in_flight_is_refused_and_answered_again_later(
    database_url: str, lanes: list[Postgres]
) -> None:
    async def scenario() -> tuple[Outcome, Outcome]:
        async with front(lanes[:1]) as doors, asyncio.timeout(GUARD_SECONDS):
            async with locked_account(database_url):
                first = asyncio.create_task(doors.submit(move(1), "k"))
                await until_waiting(database_url)
                with pytest.raises(KeyInFlight):
                    await doors.submit(move(1), "k")
                queued = asyncio.create_task(doors.submit(move(2), "other"))
                await asyncio.sleep(0)
                with pytest.raises(KeyInFlight):  # it does not run yet, but waits
                    await doors.submit(move(2), "other")
            await queued
            return await first, await doors.submit(move(1), "k")

    first, again = asyncio.run(scenario())
    assert first.accepted
    assert again.replayed_ids == tuple(fact.id for fact in first.facts)


def test_beyond_the_bound_callers_are_refused_at_once(database_url: str, lanes: list[Postgres]) -> None:
    async def scenario() -> list[Outcome]:
        async with front(lanes[:1], waiting=2) as doors, asyncio.timeout(GUARD_SECONDS):
            async with locked_account(database_url):
                tasks = [asyncio.create_task(doors.submit(move(1), "k1"))]
                await until_waiting(database_url)
                tasks += [asyncio.create_task(doors.submit(move(n), f"k{n}")) for n in (2, 3)]
                await asyncio.sleep(0)
                with pytest.raises(Busy, match="2 requests wait already"):
                    await doors.submit(move(4), "k4")
            done = list(await asyncio.gather(*tasks))
            return [*done, await doors.submit(move(4), "k4")]  # a refused key is not in flight

    assert [outcome.accepted for outcome in asyncio.run(scenario())] == [True] * 4


def test_what_was_accepted_before_the_end_is_answered_and_nothing_after(lanes: list[Postgres]) -> None:
    async def scenario() -> list[Outcome]:
        doors = front(lanes, batch=3)
        async with asyncio.timeout(GUARD_SECONDS):
            async with doors:
                tasks = [asyncio.create_task(doors.submit(move(n))) for n in range(50)]
                await asyncio.sleep(0)
            with pytest.raises(Stopped):
                await doors.submit(move(99))
            return list(await asyncio.gather(*tasks))

    assert all(outcome.accepted for outcome in asyncio.run(scenario()))
    assert len(list(lanes[0].rows(Transfer))) == 50


def test_a_lost_database_is_told_to_every_caller_of_the_batch(
    database_url: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holdfast.postgres.line.RECONNECT_SECONDS", 0.4)
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name_of(database_url)}_gone".encode())
        gone = make_conninfo(database_url, dbname=f"{name_of(database_url)}_gone")
        migrate(gone)
        home = Postgres(gone, None, Ids(Random(1)))
        admin.execute(f"DROP DATABASE {name_of(database_url)}_gone WITH (FORCE)".encode())

    async def scenario() -> list[Outcome | BaseException]:
        async with front([home]) as doors, asyncio.timeout(GUARD_SECONDS):
            sent = [doors.submit(move(n), f"k{n}") for n in range(3)]
            told = await asyncio.gather(*sent, return_exceptions=True)
            with pytest.raises(ServerUnreachable):  # and its key is not in flight any more
                await doors.submit(move(1), "k1")
            return told

    assert [type(each) for each in asyncio.run(scenario())] == [ServerUnreachable] * 3
    home.close()


def test_a_caller_that_gives_up_takes_nothing_back(database_url: str, lanes: list[Postgres]) -> None:
    async def scenario() -> list[Outcome]:
        async with front(lanes[:1]) as doors, asyncio.timeout(GUARD_SECONDS):
            async with locked_account(database_url):
                running = asyncio.create_task(doors.submit(move(1), "k1"))
                await until_waiting(database_url)
                queued = asyncio.create_task(doors.submit(move(2), "k2"))
                other = asyncio.create_task(doors.submit(move(3), "k3"))
                await asyncio.sleep(0)
                for task in (running, queued):
                    task.cancel()
                    with pytest.raises(asyncio.CancelledError):
                        await task
                with pytest.raises(KeyInFlight):
                    await doors.submit(move(2), "k2")
            return [await other, await doors.submit(move(1), "k1"), await doors.submit(move(2), "k2")]

    other, first, second = asyncio.run(scenario())
    assert other.replayed_ids is None
    assert first.replayed_ids
    assert second.replayed_ids
    assert len(list(lanes[0].rows(Transfer))) == 3


def test_answers_are_those_of_their_commands_and_one_lane_keeps_the_order(lanes: list[Postgres]) -> None:
    async def scenario() -> list[Outcome]:
        async with front(lanes[:1], batch=7) as doors, asyncio.timeout(GUARD_SECONDS):
            return await ask_together(doors, [(move(n), None) for n in range(100)])

    outcomes = asyncio.run(scenario())
    moved = [outcome.facts[0] for outcome in outcomes]
    told = [fact.body.transfer_id for fact in moved if isinstance(fact.body, MoneyMoved)]
    assert told == [f"t{n}" for n in range(100)]
    assert [fact.id for fact in moved] == sorted(fact.id for fact in moved)


def test_two_lanes_on_the_same_rows_do_each_command_once(lanes: list[Postgres]) -> None:
    async def scenario() -> list[Outcome]:
        async with front(lanes, batch=9) as doors, asyncio.timeout(GUARD_SECONDS):
            there = [(move(n), f"k{n}") for n in range(150)]
            back = [(move(1_000 + n, "b", "a"), None) for n in range(100)]
            new = [(OpenAccount(account_id=f"x{n % 20}", currency="CNY"), None) for n in range(60)]
            return await ask_together(doors, [*there, *back, *new])

    outcomes = asyncio.run(scenario())
    refused = [outcome.refusal.code for outcome in outcomes if outcome.refusal is not None]
    assert refused == ["exists"] * 40
    account = lanes[0].row(Account, "b")
    assert account is not None
    assert account.posted_minor == 50
    assert audit(lanes[0]).findings == []


def test_a_refusal_is_an_answer_and_fails_nobody_else(lanes: list[Postgres]) -> None:
    async def scenario() -> list[Outcome]:
        async with front(lanes[:1]) as doors, asyncio.timeout(GUARD_SECONDS):
            bad = MoveMoney(transfer_id="\0", from_id="a", to_id="b", currency="CNY", amount_minor=2**64)
            return await ask_together(
                doors, [(move(1), "k1"), (bad, "k2"), (move(2), "\ud800"), (move(3), "k3")]
            )

    outcomes = asyncio.run(scenario())
    codes = [None if outcome.refusal is None else outcome.refusal.code for outcome in outcomes]
    assert codes == [None, "bad_text", "bad_text", None]
