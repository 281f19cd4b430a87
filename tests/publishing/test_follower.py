"""The log reads the feed at its own pace: one that begins late has every fact, once, in order."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sequencing import REFUSED, code_of, destroy, restart, take_all
from typer.testing import CliRunner

from histories import CONSUMERS, START
from holdfast.cli import app
from holdfast.engine.execution import Submission
from holdfast.journal.erasing import KEPT_FOR
from holdfast.journal.model import KeysDestroyed
from holdfast.kernel.clock import SimulatedClock, iso
from holdfast.kernel.ids import Ids
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.rows import Fact
from holdfast.parties.model import SetConsumerLimit
from holdfast.postgres.home import Postgres
from holdfast.postgres.line import Line
from holdfast.postgres.wire import open_wire
from holdfast.postgres.writing import Connection
from holdfast.publishing import follower, place
from holdfast.publishing.place import Place
from holdfast.publishing.promises import Promiser, Promising
from holdfast.publishing.publisher import Prove, Publisher
from holdfast.publishing.sequencer import Sequencer
from holdfast.trail.cosignature import WitnessSigner
from holdfast.trail.note import Note, Signature

ORIGIN = "log.example/holdfast"


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


def test_a_log_that_begins_late_has_every_fact_once_in_order(
    home: Postgres, wire: Connection, log: Place, database_url: str
) -> None:
    more(home, 1_200)
    facts = recorded(home)
    taken(log, database_url)
    assert logged(wire) == facts
    more(home, 7)
    taken(log, database_url)
    assert logged(wire) == recorded(home)


def test_a_log_begins_with_the_first_step_also_where_there_is_nothing_to_take(
    home: Postgres, wire: Connection, log: Place, database_url: str
) -> None:
    with closing(Sequencer(database_url, None, publisher(log))) as sequencer:
        assert not follower.is_bound(wire)
        sequencer.step()
        assert follower.is_bound(wire)
        more(home, 2)
        assert sequencer.step().facts == 2
    assert logged(wire) == recorded(home)


def test_leaves_of_a_log_of_before_its_key_was_kept_are_not_taken_again(
    home: Postgres, wire: Connection, log: Place, database_url: str
) -> None:
    taken(log, database_url)
    wire.execute(b"UPDATE trail_head SET log = NULL")
    more(home, 6)
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
    assert not follower.is_bound(wire)
    assert logged(wire) == []
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
        assert not follower.is_bound(wire)
        more(home, 2)
        assert logged(wire) == []
        there.append(True)
        sequencer.step()
    assert logged(wire) == recorded(home)


def test_a_database_without_a_log_is_given_one_by_a_restart(
    home: Postgres, wire: Connection, log: Place, database_url: str
) -> None:
    more(home, 3)
    fact = restart(database_url, log)
    assert follower.waiting(wire).recorded == len(recorded(home))
    taken(log, database_url)
    assert logged(wire) == recorded(home)
    assert logged(wire)[-1] == fact.id


def test_a_restart_waits_for_no_market(wire: Connection, log: Place, database_url: str) -> None:
    with wire.transaction():
        wire.execute(b"UPDATE consumers SET outstanding_minor = outstanding_minor")
        fact = restart(database_url, log)
    taken(log, database_url)
    assert logged(wire)[-1] == fact.id


def test_no_key_goes_for_a_promise_that_no_log_has_kept(
    home: Postgres, wire: Connection, log: Place, database_url: str
) -> None:
    """No sequencer has ever run: the keys are there by the promise alone."""
    line = Line(lambda: open_wire(database_url, None))
    promising = Promising(home, line, Promiser(log), SimulatedClock(START))
    command = SetConsumerLimit(consumer_id=CONSUMERS[0], limit_minor=5_000_000)
    [outcome] = promising.run([Submission(command, START)])
    line.close()
    assert outcome.promise is not None
    subject = f"consumer:{CONSUMERS[0]}"
    about = [fact for fact in home.facts() if getattr(fact.body, "consumer_id", None) == CONSUMERS[0]]
    with pytest.raises(REFUSED, match=f"{len(about)} facts about it wait") as refused:
        destroy(database_url, subject, START + KEPT_FOR)
    assert code_of(refused.value) == "facts_waiting"
    assert logged(wire) == []
    taken(log, database_url)
    body = destroy(database_url, subject, START + KEPT_FOR).body
    assert isinstance(body, KeysDestroyed)
    assert body.whole


def test_an_erasure_waits_for_a_restart_before_it_reads_the_leaves(
    home: Postgres, wire: Connection, log: Place, database_url: str
) -> None:
    """A restart that has the head takes the leaves away next: with both halves held, each would wait."""
    more(home, 1)
    taken(log, database_url)
    subject = f"consumer:{CONSUMERS[0]}"
    query = b"SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')"
    with ThreadPoolExecutor(1) as threads:
        with wire.transaction(force_rollback=True):
            wire.execute(b"SELECT 1 FROM trail_head FOR UPDATE")
            coming = threads.submit(destroy, database_url, subject, START + KEPT_FOR)
            while wire.execute(query).fetchone() == (0,):
                assert not coming.done(), "it went on, and should have waited"
            wire.execute(b"SET LOCAL lock_timeout = '5s'")
            wire.execute(b"TRUNCATE trail_leaves")
        assert isinstance(coming.result().body, KeysDestroyed)


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
