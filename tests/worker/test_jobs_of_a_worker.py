"""The worker: what is due happens and what is asked is answered, whatever passes meanwhile."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from random import Random, SystemRandom

import psycopg
import pytest
from typer.testing import CliRunner

from histories import START, opening, policy, sale
from holdfast.audit.checks import audit
from holdfast.bench.bare.model import OpenAccount, PlaceHold
from holdfast.bench.bare.room import WITH_BARE
from holdfast.cli import app
from holdfast.engine.execution import Submission
from holdfast.journal.feed import Cursor, Reader
from holdfast.journal.model import ConfirmClock
from holdfast.kernel.clock import DAY, HOUR, MINUTE, SimulatedClock, SystemClock
from holdfast.kernel.guard import GUARD, Guard
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command, Fact
from holdfast.orders.model import Order, OrderState
from holdfast.postgres.home import Postgres
from holdfast.postgres.wire import open_wire
from holdfast.publishing import follower, place
from holdfast.publishing.worker import Worker as LogWorker
from holdfast.worker import job, running
from holdfast.worker.deadlines import Deadlines
from holdfast.worker.job import Job
from holdfast.worker.provider import Provider, of_the_sandbox
from waiting import wait_for
from who_asks import asked

ORDERS = 40


@pytest.fixture
def home(migrated_url: str) -> Iterator[Postgres]:
    """A market with orders that have arrived: each waits for its notice, its debit, its release."""
    with Postgres.open(migrated_url, ids=Ids(Random(1)), guard=None) as opened:
        opened.adopt(policy("full", fee_bp=0, fund_share_bp=0), START)
        commands = [
            *opening(),
            *(each for n in range(ORDERS) for each in sale(f"o{n}", "m1", "c1", 1_000, 3)),
        ]
        for outcome in opened.run([Submission(command, START) for command in commands]):
            assert outcome.accepted, outcome.refusal
        yield opened


def sandbox(url: str, clock: SimulatedClock) -> Job:
    return guarded(url, clock, None)


def guarded(url: str, clock: SimulatedClock, guard: Guard | None) -> Job:
    def opened() -> Provider:
        home = Postgres(url, None, Ids(SystemRandom()), guard=guard)
        return Provider(home, clock, "sandbox", of_the_sandbox)

    return Job("provider", opened)


def deadlines(url: str, clock: SimulatedClock) -> Job:
    return Job("deadlines", lambda: Deadlines(url, None, clock, None))


def states(home: Postgres) -> set[OrderState]:
    return {order.state for order in home.rows(Order)}


def test_orders_come_to_their_end_by_the_worker_alone(home: Postgres, migrated_url: str) -> None:
    clock = SimulatedClock(START)
    jobs = [deadlines(migrated_url, clock), sandbox(migrated_url, clock)]
    for _ in range(60):
        clock.advance_to(clock.now() + DAY)
        job.do_all(jobs)
    assert states(home) == {OrderState.COMPLETED}
    assert audit(home).findings == []
    cursor = home.row(Cursor, "provider/sandbox")
    assert cursor is not None
    assert cursor.position == len(list(home.facts()))
    assert job.do_all(jobs) == {"deadlines": 0, "provider": 0}


def test_a_provider_that_ends_between_its_answers_and_its_cursor_answers_once(
    home: Postgres, migrated_url: str
) -> None:
    clock = SimulatedClock(START)
    clock.advance_to(clock.now() + 10 * DAY)
    job.do_all([deadlines(migrated_url, clock)])

    class EndedError(Exception):
        """The process is gone."""

    class Ending(Postgres):
        def read_on(self, reader: Reader, most: int, *, at: int | None = None) -> int:
            raise EndedError(reader.name, most, at)

    ending = Ending(migrated_url, None, Ids(Random(5)), guard=None)
    with closing(Provider(ending, clock, "sandbox", of_the_sandbox)) as first, pytest.raises(EndedError):
        first.step()
    notices = len([fact for fact in home.facts() if fact.kind == "CaptureNoticeSent"])
    assert notices == ORDERS
    assert job.do_all([sandbox(migrated_url, clock)])["provider"] > 0
    assert len([fact for fact in home.facts() if fact.kind == "CaptureNoticeSent"]) == notices
    assert audit(home).findings == []


def test_an_answer_that_the_clock_keeps_out_is_not_lost(home: Postgres, migrated_url: str) -> None:
    """The cursor stays before it: it is submitted when a person has confirmed the clock."""
    clock = SimulatedClock(START)
    clock.advance_to(clock.now() + 10 * DAY)
    job.do_all([deadlines(migrated_url, clock)])
    late = SimulatedClock(START + 60 * DAY)
    said: list[str] = []
    stop = threading.Event()
    judged = guarded(migrated_url, late, GUARD)

    def say(_name: str, text: str) -> None:
        if text and text not in said:
            said.append(text)
            stop.set()

    job.go_on(judged, stop, say)
    assert len(said) == 1
    assert "clock_ahead" in said[0]
    cursor = home.row(Cursor, "provider/sandbox")
    assert cursor is None or cursor.position < len(list(home.facts()))
    home.run([asked(ConfirmClock(reason="closed"), late.now())])
    job.do_all([judged])
    assert len([fact for fact in home.facts() if fact.kind == "CaptureNoticeSent"]) == ORDERS


def test_a_worker_that_comes_late_passes_no_request_by(home: Postgres, migrated_url: str) -> None:
    """While it looks at its page, another takes that page, and notices are asked for behind it."""
    clock = SimulatedClock(START)

    def meanwhile(fact: Fact) -> Iterable[Command]:
        if fact.kind == "PolicyAdopted":  # the first of the page
            job.do_all([sandbox(migrated_url, clock)])
            clock.advance_to(clock.now() + 10 * DAY)
            job.do_all([deadlines(migrated_url, clock)])
        return of_the_sandbox(fact)

    ending = Postgres(migrated_url, None, Ids(Random(5)), guard=None)
    with closing(Provider(ending, clock, "sandbox", meanwhile)) as late:
        assert late.step() == 0
    job.do_all([sandbox(migrated_url, clock)])
    assert len([fact for fact in home.facts() if fact.kind == "CaptureNoticeSent"]) == ORDERS


def test_several_workers_side_by_side_do_everything_once(home: Postgres, migrated_url: str) -> None:
    clock = SimulatedClock(START)
    clock.advance_to(clock.now() + 9 * DAY)
    stop = threading.Event()

    def work(_number: int) -> dict[str, int]:
        jobs = [deadlines(migrated_url, clock), sandbox(migrated_url, clock)]
        return running.run(jobs, None, stop, lambda _name, _text: None)

    def all_debited() -> bool:
        clock.advance_to(min(clock.now() + HOUR, START + 60 * DAY))
        return len([fact for fact in home.facts() if fact.kind == "OrderCaptured"]) == ORDERS

    with ThreadPoolExecutor(3) as threads:
        running_now = [threads.submit(work, number) for number in range(3)]
        try:
            wait_for(all_debited)
        finally:
            stop.set()
        done = [one.result() for one in running_now]
    assert sum(each["provider"] for each in done) == sum(cursor.position for cursor in home.rows(Cursor))
    assert audit(home).findings == []


def worker(url: str, *more: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "holdfast.cli", "worker", "--database-url", url, *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


HOLDS = 3_000


@pytest.fixture
def due(migrated_url: str) -> str:
    """A database by the machine's clock, in which many holds expired at one minute of an hour ago."""
    now = SystemClock().now() - HOUR
    accounts = [OpenAccount(account_id=key, currency="CNY", never_negative=False) for key in ("a", "b")]
    holds = [
        PlaceHold(
            hold_id=f"h{number:04}",
            from_id="a",
            to_id="b",
            currency="CNY",
            amount_minor=1,
            expires_at=now + MINUTE,
        )
        for number in range(HOLDS)
    ]
    with closing(Postgres(migrated_url, None, Ids(Random(3)), commands=WITH_BARE)) as opened:
        opened.adopt(policy("full"), now)
        for batch in ([*accounts], holds):
            assert all(one.accepted for one in opened.run([Submission(each, now) for each in batch]))
    return migrated_url


def pending(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM holds WHERE wake_at IS NOT NULL").fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_worker_that_is_ended_leaves_nothing_to_lose(due: str, ending: signal.Signals) -> None:
    """Whatever it was at is whole or not there, and the next one does the rest."""
    with worker(due) as one:
        wait_for(lambda: pending(due) < HOLDS, lambda: one.poll() is None)
        one.send_signal(ending)
        out, err = one.communicate()
    if ending is signal.SIGKILL:
        assert one.returncode == -signal.SIGKILL
    else:
        assert one.returncode == 0, err
        assert "deadlines: " in out
    with worker(due, "--once", "--json") as rest:
        out, err = rest.communicate()
    assert rest.returncode == 0, err
    assert set(json.loads(out)["done"]) == {"deadlines", "webhooks"}
    assert pending(due) == 0
    with closing(Postgres(due, None, Ids(Random(4)))) as home:
        assert audit(home).findings == []
        assert len([fact for fact in home.facts() if fact.kind == "HoldEnded"]) == HOLDS


def test_a_lost_server_is_waited_for_and_told_once(due: str) -> None:
    stop = threading.Event()
    said: list[str] = []
    opened: list[Deadlines] = []

    def open_it() -> Deadlines:
        if not opened:
            opened.append(Deadlines(due, None, SystemClock(), GUARD))
            raise psycopg.OperationalError("the server is gone\nas if")
        return Deadlines(due, None, SystemClock(), GUARD)

    def say(name: str, text: str) -> None:
        said.append(f"{name}: {text}")

    with ThreadPoolExecutor(1) as threads:
        done = threads.submit(running.run, [Job("deadlines", open_it)], None, stop, say)
        wait_for(lambda: pending(due) == 0, lambda: not done.done())
        stop.set()
        assert done.result() == {"deadlines": HOLDS}
    assert said == ["deadlines: the database is away: the server is gone", "deadlines: all is well again"]
    opened[0].close()


def test_a_job_that_fails_by_an_error_of_ours_ends_no_other(
    due: str, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()
    said: dict[str, str] = {}

    def broken() -> Deadlines:
        raise ZeroDivisionError

    jobs = [Job("broken", broken), Job("deadlines", lambda: Deadlines(due, None, SystemClock(), GUARD))]
    with ThreadPoolExecutor(1) as threads:
        done = threads.submit(running.run, jobs, None, stop, said.__setitem__)
        wait_for(lambda: pending(due) == 0 and "broken" in said, lambda: not done.done())
        stop.set()
        assert done.result() == {"broken": 0, "deadlines": HOLDS}
    assert "an error of ours" in said["broken"]
    assert "ZeroDivisionError" in caplog.text


def test_the_log_goes_on_with_the_worker_and_another_stands_by(due: str, tmp_path: Path) -> None:
    log = place.make(tmp_path / "log", "log.example/holdfast")
    stop = threading.Event()
    said: list[str] = []

    def keep(_number: int) -> dict[str, int]:
        keeper = LogWorker(log, due, None, lambda _text: None)
        return running.run([], keeper, stop, lambda name, text: said.append(f"{name}: {text}"))

    def taken() -> bool:
        with open_wire(due, None) as connection:
            found = follower.waiting(connection)
        return found.sequenced == found.recorded > HOLDS

    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(keep, number) for number in range(2)]
        try:
            wait_for(taken, lambda: not any(one.done() for one in both))
            wait_for(lambda: any("sequencer_running" in text for text in said))
        finally:
            stop.set()
        assert [one.result() for one in both] == [{}, {}]


def test_what_cannot_be_run_is_refused(due: str, migrated_url: str) -> None:
    assert due == migrated_url
    told = CliRunner().invoke(app, ["worker", "--database-url", due, "--provider", "bank", "--json"])
    assert json.loads(told.stdout)["refusal"]["code"] == "unknown_provider"
    with psycopg.connect(due) as connection:
        connection.execute("INSERT INTO progress VALUES ('t', now(), false, 1)")
    told = CliRunner().invoke(app, ["worker", "--database-url", due, "--once", "--json"])
    assert json.loads(told.stdout)["refusal"]["code"] == "history_played"
