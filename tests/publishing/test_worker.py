"""The worker on a real database with real witnesses: it goes on, and stops where a person must look."""

import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from attacking import Operator, running
from histories import CONSUMERS, START
from holdfast.engine.execution import Submission
from holdfast.kernel.refusal import Refusal
from holdfast.parties.model import SetConsumerLimit
from holdfast.postgres.home import Postgres
from holdfast.publishing import place
from holdfast.publishing.receipts import Published
from holdfast.publishing.worker import Worker
from holdfast.trail import checkpoint
from waiting import wait_for


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Operator]:
    with running(tmp_path) as operator:
        yield operator


def more(home: Postgres, count: int) -> None:
    command = SetConsumerLimit(consumer_id=CONSUMERS[0], limit_minor=5_000_000)
    home.run([Submission(command, START) for _ in range(count)])


def out(log: Operator) -> int:
    try:
        return Published(log.where.store(), log.trust).size
    except Refusal:
        return 0


def worker(log: Operator, url: str, said: list[str]) -> Worker:
    return Worker(log.where, url, None, said.append)


def test_what_is_recorded_comes_out_cosigned_while_it_runs(
    home: Postgres, log: Operator, database_url: str
) -> None:
    stop, said = threading.Event(), list[str]()
    thread = threading.Thread(target=worker(log, database_url, said).run, args=(stop,))
    thread.start()
    try:
        facts = sum(1 for _ in home.facts())
        wait_for(lambda: out(log) == facts, thread.is_alive)
        more(home, 300)
        wait_for(lambda: out(log) == facts + 300, thread.is_alive)
    finally:
        stop.set()
        thread.join()
    assert Published(log.where.store(), log.trust).witnesses == ["w1", "w2"]
    assert said == []


def test_it_waits_for_witnesses_and_for_the_database(
    home: Postgres, log: Operator, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holdfast.publishing.worker.AGAIN_SECONDS", 0.05)
    policy_file = log.where.path / place.POLICY
    text = policy_file.read_text()
    url = log.where.urls["w2"]
    policy_file.write_text(text.replace(url, "http://127.0.0.1:9"))
    away = log._replace(where=place.load(log.where.path))
    assert worker(away, database_url, []).once().published == 0
    stop, said = threading.Event(), list[str]()
    thread = threading.Thread(target=worker(away, database_url, said).run, args=(stop,))
    thread.start()
    try:
        wait_for(lambda: any("witness_unreachable" in text for text in said), thread.is_alive)
    finally:
        stop.set()
        thread.join()
    assert out(log) == 0
    policy_file.write_text(text)
    stop.clear()
    said.clear()
    thread = threading.Thread(target=worker(log, database_url, said).run, args=(stop,))
    thread.start()
    try:
        wait_for(lambda: out(log) > 0, thread.is_alive)
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            )
        wait_for(lambda: any("the database is away" in text for text in said), thread.is_alive)
        wait_for(lambda: "database: all is well again" in said, thread.is_alive)
        more(home, 10)
        wait_for(lambda: out(log) == sum(1 for _ in home.facts()), thread.is_alive)
    finally:
        stop.set()
        thread.join()


def test_a_restored_database_and_a_restored_head_stop_at_the_witness(
    home: Postgres, log: Operator, database_url: str
) -> None:
    worker(log, database_url, []).once()
    with psycopg.connect(database_url) as connection:
        before = connection.execute("SELECT size, hashes FROM trail_head").fetchone()
    head, kept = log.where.head().read(), log.where.store().read("checkpoint")
    assert before is not None
    assert head is not None
    assert kept is not None
    more(home, 50)
    worker(log, database_url, []).once()
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM trail_leaves WHERE leaf_index >= %s", (before[0],))
        connection.execute("UPDATE trail_head SET size = %s, hashes = %s", before)
    with pytest.raises(Refusal) as behind:
        worker(log, database_url, []).once()
    assert behind.value.code == "head_ahead"
    (log.where.private / "head").write_bytes(head)
    (log.where.log / "checkpoint").write_bytes(kept)
    with pytest.raises(Refusal) as seen:
        worker(log, database_url, []).run(threading.Event())
    assert seen.value.code == "witness_ahead"
    assert log.where.head().read() == head


def test_cosignatures_are_made_anew_where_nothing_happens(
    home: Postgres, log: Operator, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holdfast.publishing.worker.REFRESH_SECONDS", 0.0)
    worker(log, database_url, []).once()
    path = log.where.log / "checkpoint"
    size = checkpoint.of(log.out()).size
    path.unlink()
    stop = threading.Event()
    thread = threading.Thread(target=worker(log, database_url, []).run, args=(stop,))
    thread.start()
    try:
        wait_for(path.exists, thread.is_alive)
        first = path.stat().st_mtime_ns
        wait_for(lambda: path.stat().st_mtime_ns != first, thread.is_alive)
    finally:
        stop.set()
        thread.join()
    assert out(log) == size == sum(1 for _ in home.facts())
