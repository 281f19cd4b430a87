"""The outbox is written where a log is bound, and a log that begins late has every fact, once, in order."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sequencing import take_all, unlisted
from typer.testing import CliRunner

from histories import CONSUMERS, START
from holdfast.cli import app
from holdfast.engine.execution import Submission
from holdfast.journal.model import LogRestarted
from holdfast.kernel.clock import SimulatedClock, iso
from holdfast.kernel.ids import Ids
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.rows import Fact
from holdfast.parties.model import SetConsumerLimit
from holdfast.postgres import reading, writing
from holdfast.postgres.home import Postgres
from holdfast.postgres.line import Line
from holdfast.postgres.wire import open_wire
from holdfast.postgres.writing import Connection
from holdfast.publishing import erasure, outbox, place
from holdfast.publishing.erasure import KEPT_FOR
from holdfast.publishing.place import Place
from holdfast.publishing.promises import Promiser, Promising
from holdfast.publishing.publisher import Prove, Publisher
from holdfast.publishing.restart import restart
from holdfast.publishing.sequencer import Sequencer
from holdfast.trail.cosignature import WitnessSigner
from holdfast.trail.note import Note, Signature

ORIGIN = "log.example/holdfast"


@pytest.fixture
def other(wire: Connection, database_url: str) -> Iterator[Connection]:
    """Give a second connection, for whoever is at work meanwhile."""
    assert not wire.closed
    with open_wire(database_url, None) as connection:
        yield connection


def unwitnessed(_note: Note, _prove: Prove, _hint: int) -> list[Signature]:
    return []


def publisher(where: Place) -> Publisher:
    return Publisher(where.store(), where.head(), where.signer, where.trust, unwitnessed)


def more(home: Postgres, count: int) -> list[Fact]:
    command = SetConsumerLimit(consumer_id=CONSUMERS[0], limit_minor=5_000_000)
    facts: list[Fact] = []
    for outcome in home.run([Submission(command, START) for _ in range(count)]):
        facts += outcome.facts
    return facts


def taken(where: Place, url: str) -> None:
    """Have the log take all that waits."""
    take_all(url, publisher(where))


def logged(connection: Connection) -> list[str]:
    """Return the facts that have a leaf, in the order of the log, which has no gap."""
    rows = connection.execute(b"SELECT leaf_index, fact_id FROM trail_leaves ORDER BY leaf_index").fetchall()
    assert [index for index, _ in rows] == list(range(len(rows)))
    return [fact_id.hex for _, fact_id in rows]


def recorded(home: Postgres) -> list[str]:
    return [fact.id for fact in home.facts()]


def rows(connection: Connection) -> list[int]:
    """Return how many facts each row of the outbox has."""
    query = b"SELECT cardinality(fact_ids) FROM unsequenced ORDER BY id"
    return [count for (count,) in connection.execute(query)]


def await_waiting(connection: Connection, mode: str, still: Callable[[], bool]) -> None:
    """Wait until somebody waits for the outbox."""
    query = b"""
        SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = %s AND relation = 'unsequenced'::regclass
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """
    while connection.execute(query, (mode,)).fetchone() == (0,):
        assert still(), "it went on, and should have waited"


def made(connection: Connection) -> Fact:
    """Return a fact that comes after all that are there."""
    ids = reading.follow_newest(connection, Ids(Random(3)))
    return Fact(ids.new(START), START, LogRestarted(origin="a fact", former_size=0, by="nobody"))


def test_without_a_log_the_outbox_stays_empty(home: Postgres, wire: Connection) -> None:
    for _ in range(30):
        more(home, 3)
    assert rows(wire) == []
    assert not outbox.is_bound(wire)


def test_a_log_that_begins_late_has_every_fact_once_in_order(
    home: Postgres, wire: Connection, log: Place, database_url: str
) -> None:
    more(home, 1_200)
    facts = recorded(home)
    outbox.bind(wire, log.signer.verifier)
    assert [*rows(wire)] == [500] * (len(facts) // 500) + [len(facts) % 500]
    more(home, 7)
    assert rows(wire)[-1] == 7
    taken(log, database_url)
    assert logged(wire) == recorded(home)
    assert rows(wire) == []


def test_a_log_begins_with_the_first_step_also_where_there_is_nothing_to_take(
    home: Postgres, wire: Connection, log: Place, database_url: str
) -> None:
    with closing(Sequencer(database_url, None, publisher(log))) as sequencer:
        assert not outbox.is_bound(wire)
        sequencer.step()
        assert outbox.is_bound(wire)
        more(home, 2)
        assert rows(wire) == [2]
        assert sequencer.step().facts == 2
    assert logged(wire) == recorded(home)


def test_leaves_of_a_log_of_before_its_key_was_kept_are_not_taken_again(
    home: Postgres, wire: Connection, log: Place, database_url: str
) -> None:
    """Nor is what was put in twice: by who still wrote without looking, and by who binds."""
    taken(log, database_url)
    wire.execute(b"UPDATE trail_head SET log = NULL")
    [late] = more(home, 1)
    more(home, 5)
    wire.execute(b"INSERT INTO unsequenced (fact_ids) VALUES (ARRAY[%s::uuid])", (late.id,))
    taken(log, database_url)
    assert logged(wire) == recorded(home)


def test_who_has_written_and_not_committed_is_waited_for(
    home: Postgres, wire: Connection, other: Connection, log: Place, database_url: str
) -> None:
    fact = made(other)
    with ThreadPoolExecutor(1) as threads:
        with other.transaction():
            writing.copy_facts(other, [fact])
            writing.send_unsequenced(other, [fact])
            coming = threads.submit(taken, log, database_url)
            await_waiting(wire, "ShareRowExclusiveLock", lambda: not coming.done())
        coming.result()
    assert logged(wire) == recorded(home)
    assert logged(wire)[-1] == fact.id


def test_who_takes_it_back_leaves_no_gap(
    home: Postgres, wire: Connection, other: Connection, log: Place, database_url: str
) -> None:
    fact = made(other)
    with ThreadPoolExecutor(1) as threads:
        with other.transaction(force_rollback=True):
            writing.copy_facts(other, [fact])
            writing.send_unsequenced(other, [fact])
            coming = threads.submit(taken, log, database_url)
            await_waiting(wire, "ShareRowExclusiveLock", lambda: not coming.done())
        coming.result()
    assert logged(wire) == recorded(home)
    assert fact.id not in logged(wire)


def test_who_has_recorded_and_not_looked_yet_finds_the_log(
    home: Postgres, wire: Connection, other: Connection, log: Place, database_url: str
) -> None:
    fact = made(other)
    with other.transaction():
        writing.copy_facts(other, [fact])
        taken(log, database_url)
        assert logged(wire) == recorded(home)
        writing.send_unsequenced(other, [fact])
    assert rows(wire) == [1]
    taken(log, database_url)
    assert logged(wire) == recorded(home)
    assert logged(wire)[-1] == fact.id


@pytest.mark.parametrize("isolation", ["read committed", "repeatable read"])
def test_who_comes_while_it_is_bound_finds_the_log(
    home: Postgres, wire: Connection, log: Place, database_url: str, isolation: str
) -> None:
    """Whatever the server's default is: what waited must see what it waited for."""
    name = sql.Identifier(str(conninfo_to_dict(database_url)["dbname"]))
    wire.execute(sql.SQL("ALTER DATABASE {} SET default_transaction_isolation = {}").format(name, isolation))
    with (
        Postgres.open(database_url, ids=Ids(Random(2)), guard=None) as late,
        ThreadPoolExecutor(1) as threads,
    ):
        for _ in range(3):
            more(late, 1)  # its statements are prepared, their plans made
        with wire.transaction():
            outbox.lock(wire)
            coming = threads.submit(more, late, 4)
            await_waiting(wire, "RowExclusiveLock", lambda: not coming.done())
            outbox.bind(wire, log.signer.verifier)
        assert len(coming.result()) == 4
    assert rows(wire)[-1] == 4
    taken(log, database_url)
    assert logged(wire) == recorded(home)


def test_a_log_begins_while_a_market_runs(
    home: Postgres, wire: Connection, log: Place, database_url: str
) -> None:
    stop: list[bool] = []

    def sell(seed: int) -> int:
        with Postgres.open(database_url, ids=Ids(Random(seed)), guard=None) as lane:
            done = 0
            while not stop:
                done += len(more(lane, 3))
            return done

    with ThreadPoolExecutor(2) as threads:
        running = [threads.submit(sell, seed) for seed in (5, 6)]
        begun = len(recorded(home))
        try:
            while len(recorded(home)) < begun + 100:
                assert not any(one.done() for one in running)
            with closing(Sequencer(database_url, None, publisher(log))) as sequencer:
                for _ in range(5):
                    sequencer.step()
        finally:
            stop.append(True)
        assert all(one.result() > 0 for one in running)
    taken(log, database_url)
    assert sorted(logged(wire)) == sorted(recorded(home))


def grown(where: Place) -> None:
    writer = publisher(where)
    writer.resume(0, [])
    writer.publish([b"0", b"1"])


def lost(where: Place) -> None:
    (where.private / "head").unlink()


def foreign(where: Place) -> None:
    other = place.make(where.path.with_name("foreign"), ORIGIN)
    grown(other)
    (where.private / "head").write_bytes(other.head().read() or b"")


@pytest.mark.parametrize(
    ("spoil", "code"), [(grown, "head_ahead"), (lost, "head_unknown"), (foreign, "head_foreign")]
)
def test_a_log_that_may_not_begin_binds_nothing(
    home: Postgres,
    wire: Connection,
    tmp_path: Path,
    database_url: str,
    spoil: Callable[[Place], None],
    code: str,
) -> None:
    wrong = place.make(tmp_path / "wrong", ORIGIN)
    spoil(wrong)
    with pytest.raises(Refusal) as refused:
        taken(wrong, database_url)
    assert refused.value.code == code
    more(home, 2)
    assert not outbox.is_bound(wire)
    assert rows(wire) == []
    right = place.make(tmp_path / "right", "log.example/right")
    taken(right, database_url)
    assert logged(wire) == recorded(home)


def test_a_log_that_its_witnesses_have_not_confirmed_binds_nothing(
    home: Postgres, wire: Connection, tmp_path: Path, database_url: str
) -> None:
    witness = WitnessSigner("witness.example/w1", Ed25519PrivateKey.generate())
    where = place.make(tmp_path / "log", ORIGIN, (f"witness w1 {witness.verifier.encode()}",), "w1")
    there: list[bool] = []

    def ask(head: Note, _prove: Prove, _hint: int) -> list[Signature]:
        return [witness.sign(head.text, 1_790_000_000)] if there else []

    asking = Publisher(where.store(), where.head(), where.signer, where.trust, ask)
    with closing(Sequencer(database_url, None, asking)) as sequencer:
        with pytest.raises(Refusal) as refused:
            sequencer.step()
        assert refused.value.code == "no_quorum"
        assert not outbox.is_bound(wire)
        more(home, 2)
        assert rows(wire) == []
        there.append(True)
        sequencer.step()
    assert logged(wire) == recorded(home)


def test_a_database_without_a_log_is_given_one_by_a_restart(
    home: Postgres, wire: Connection, log: Place, database_url: str
) -> None:
    more(home, 3)
    fact = restart(wire, log, "Li", START)
    assert sum(rows(wire)) == len(recorded(home))
    wire.close()  # whoever restarts holds the turn until then
    taken(log, database_url)
    with open_wire(database_url, None) as reading_it:
        assert logged(reading_it) == recorded(home)
        assert logged(reading_it)[-1] == fact.id


def test_no_key_goes_for_a_promise_that_no_log_has_kept(
    home: Postgres, wire: Connection, log: Place, database_url: str
) -> None:
    """No sequencer has ever run: the keys are there by the promise alone, and the outbox is empty."""
    line = Line(lambda: open_wire(database_url, None))
    promising = Promising(home, line, Promiser(log), SimulatedClock(START))
    command = SetConsumerLimit(consumer_id=CONSUMERS[0], limit_minor=5_000_000)
    [outcome] = promising.run([Submission(command, START)])
    line.close()
    assert outcome.promise is not None
    subject = f"consumer:{CONSUMERS[0]}"
    about = [fact for fact in home.facts() if getattr(fact.body, "consumer_id", None) == CONSUMERS[0]]
    with pytest.raises(Refusal, match=f"{len(about)} facts about it wait") as refused:
        erasure.destroy(wire, subject, "Li", START + KEPT_FOR, unlisted)
    assert refused.value.code == "facts_waiting"
    assert rows(wire) == []
    taken(log, database_url)
    assert erasure.destroy(wire, subject, "Li", START + KEPT_FOR, unlisted)[0].whole


def test_an_erasure_waits_for_a_restart_before_it_reads_the_leaves(
    home: Postgres, wire: Connection, other: Connection, log: Place, database_url: str
) -> None:
    """A restart that has the outbox takes the leaves away next: with both halves held, each would wait."""
    more(home, 1)
    taken(log, database_url)
    subject = f"consumer:{CONSUMERS[0]}"
    with ThreadPoolExecutor(1) as threads:
        with wire.transaction(force_rollback=True):
            outbox.lock(wire)
            coming = threads.submit(erasure.destroy, other, subject, "Li", START + KEPT_FOR, unlisted)
            await_waiting(wire, "RowExclusiveLock", lambda: not coming.done())
            wire.execute(b"SET LOCAL lock_timeout = '5s'")
            wire.execute(b"TRUNCATE trail_leaves")
        assert coming.result()[0].whole


def status(where: Place, url: str) -> dict[str, Any]:
    arguments = ["trail", "status", str(where.path), "--database-url", url, "--json"]
    told = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert told.exit_code == 0, told.output
    return json.loads(told.stdout)


def test_without_a_log_all_facts_are_recorded_and_wait(home: Postgres, log: Place, database_url: str) -> None:
    more(home, 3)
    count = len(recorded(home))
    names = ("recorded", "sequenced", "signed", "out", "oldest_waiting")
    found = status(log, database_url)
    assert tuple(found[name] for name in names) == (count, 0, 0, 0, iso(next(iter(home.facts())).at))
    taken(log, database_url)
    assert tuple(status(log, database_url)[name] for name in names) == (count, count, count, count, None)
    more(home, 2)
    found = status(log, database_url)
    assert tuple(found[name] for name in names) == (count + 2, count, count, count, iso(START))


def test_what_an_empty_database_has_to_wait_is_nothing(log: Place, migrated_url: str) -> None:
    with Postgres.open(migrated_url, ids=Ids(Random(1)), guard=None):
        found = status(log, migrated_url)
    assert (found["recorded"], found["oldest_waiting"]) == (0, None)
