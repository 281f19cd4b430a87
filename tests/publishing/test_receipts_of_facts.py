"""Receipts, promises and erasure over a real database: what a fact's owner gets, and what time takes."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from deals import CONSUMER, SUBJECT, cancel, limit, opened_facts, order, refused, sequence, was_whole
from sequencing import REFUSED, destroy, restart

from asking_together import ask_together
from histories import START
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.front import Front
from holdfast.journal.erasing import KEPT_FOR
from holdfast.journal.proposals import ProposalFact
from holdfast.kernel.clock import HOUR, SimulatedClock
from holdfast.kernel.refusal import NotFound
from holdfast.orders.model import CancelOrder
from holdfast.parties.model import SetConsumerLimit
from holdfast.postgres.home import Postgres
from holdfast.postgres.line import Line
from holdfast.postgres.wire import open_wire
from holdfast.postgres.writing import Connection
from holdfast.publishing import place
from holdfast.publishing.place import Place
from holdfast.publishing.promises import Promiser, Promising
from holdfast.publishing.publisher import Publisher
from holdfast.publishing.receipts import Published, Receipts, openings_of
from holdfast.publishing.sequencer import Sequencer
from holdfast.publishing.witnesses import Witnesses
from holdfast.trail import leaf, promise
from holdfast.trail.merkle import leaf_hash
from holdfast.trail.opening import read
from holdfast.trail.promise import Promised


def test_every_fact_has_a_receipt_and_an_opening_that_fit(
    home: Postgres, wire: Connection, log: Place, database_url: str
) -> None:
    order(home, "o1")
    published = sequence(log, database_url)
    receipts = Receipts(wire, published)
    facts = list(home.facts())
    assert len(facts) == published.size
    for fact in facts:
        found = receipts.logged(fact.id)
        found.receipt.check(found.entry)
        assert found.opening is not None
        assert read(found.opening.encode()).fact["id"] == fact.id
        assert leaf.read(found.entry) == found.opening.leaf
    assert receipts.of_order("o1") == [fact.id for fact in home.facts(order_id="o1")]
    rows = wire.execute(b"SELECT replace(fact_id::text, '-', '') FROM trail_leaves ORDER BY leaf_index")
    in_order = [key for (key,) in rows.fetchall()]
    assert [one.fact["id"] for one in openings_of(wire, published.size)] == in_order


def test_a_fact_that_is_not_out_yet_and_one_that_is_none(
    home: Postgres, wire: Connection, log: Place, database_url: str
) -> None:
    with pytest.raises(REFUSED) as nothing:
        Published(log.store(), log.trust)
    refused("not_sequenced", nothing)
    published = sequence(log, database_url)
    command = SetConsumerLimit(consumer_id=CONSUMER, limit_minor=5_000_000)
    [outcome] = home.run([Submission(command, START)])
    receipts = Receipts(wire, published)
    assert receipts.of(outcome.facts[0].id) is None
    with pytest.raises(REFUSED) as early:
        receipts.logged(outcome.facts[0].id)
    refused("not_sequenced", early)
    with pytest.raises(NotFound):
        receipts.logged("0" * 32)
    assert Receipts(wire, sequence(log, database_url)).of(outcome.facts[0].id) is not None


def test_a_row_that_was_rewritten_has_no_receipt(
    home: Postgres, wire: Connection, log: Place, database_url: str
) -> None:
    order(home, "o1")
    published = sequence(log, database_url)
    fact = next(fact for fact in home.facts(order_id="o1") if fact.kind == "OrderPlaced")
    wire.execute(
        b"UPDATE facts SET body = jsonb_set(body, '{amount_minor}', '1') WHERE id = %s::uuid", (fact.id,)
    )
    with pytest.raises(REFUSED, match="not the one that the log has") as changed:
        Receipts(wire, published).logged(fact.id)
    refused("fact_changed", changed)


@pytest.fixture
def promising(home: Postgres, log: Place, database_url: str) -> Iterator[Promising]:
    with closing(Line(partial(open_wire, database_url, None))) as line:
        yield Promising(home, line, Promiser(log, within=HOUR), SimulatedClock(START))


def promised(log: Place, outcome: Outcome) -> list[Promised]:
    assert outcome.promise is not None
    given, signed = promise.read(outcome.promise)
    promise.check(given, signed, (log.path / place.PROMISE_KEY).read_text().strip())
    assert (given.origin, given.by) == ("log.example/holdfast", START + HOUR)
    return list(given.facts)


def test_who_has_a_command_accepted_holds_a_promise_of_the_very_leaves_that_come(
    promising: Promising, wire: Connection, log: Place, database_url: str
) -> None:
    batch = [
        Submission(limit(5_000_000), START, "k1"),
        Submission(limit(-1), START, "k2"),
        Submission(CancelOrder(order_id="none", reason="x"), START),
        Submission(limit(5_000_000), START, "k1"),
        Submission(limit(6_000_000), START),
    ]
    first, refused_key, refused_plain, again, last = promising.run(batch)
    assert [one.promise for one in (refused_key, refused_plain)] == [None, None]
    assert again.replayed_ids == tuple(fact.id for fact in first.facts)
    assert promised(log, again) == promised(log, first)
    [later] = promising.run(batch[:1])
    assert promised(log, later) == promised(log, first)
    assert promising.run([batch[1]])[0].promise is None
    receipts = Receipts(wire, sequence(log, database_url))
    given = promised(log, first) + promised(log, last)
    assert [one.fact_id for one in given] == [fact.id for fact in first.facts + last.facts]
    for one in given:
        assert leaf_hash(receipts.logged(one.fact_id).entry) == one.leaf_hash


def test_callers_of_a_front_are_promised_each_its_own_facts(promising: Promising, log: Place) -> None:
    async def asked() -> list[Outcome]:
        async with Front([promising], SimulatedClock(START)) as front:
            return await ask_together(front, [(limit(5_000_000 + step), None) for step in range(20)])

    outcomes = asyncio.run(asked())
    assert all(
        [one.fact_id for one in promised(log, outcome)] == [fact.id for fact in outcome.facts]
        for outcome in outcomes
    )


def test_a_promise_outlives_the_connection_that_its_keys_came_over(
    promising: Promising, wire: Connection, log: Place
) -> None:
    promising.run([Submission(limit(5_000_000), START)])
    ours = wire.info.backend_pid
    wire.execute(
        b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        b" WHERE datname = current_database() AND pid <> %s",
        (ours,),
    )
    [outcome] = promising.run([Submission(limit(6_000_000), START)])
    assert len(promised(log, outcome)) == len(outcome.facts) == 1


def test_no_key_goes_while_a_fact_may_be_promised_under_it(
    home: Postgres, promising: Promising, wire: Connection, log: Place, database_url: str
) -> None:
    order(home, "old")
    cancel(home, "old")
    sequence(log, database_url)
    later = START + KEPT_FOR
    [outcome] = promising.run([Submission(limit(5_000_000), START)])
    with pytest.raises(REFUSED, match="1 facts about it wait") as waiting:
        destroy(database_url, SUBJECT, later)
    refused("facts_waiting", waiting)
    receipts = Receipts(wire, sequence(log, database_url))
    [one] = promised(log, outcome)
    assert leaf_hash(receipts.logged(one.fact_id).entry) == one.leaf_hash
    assert was_whole(destroy(database_url, SUBJECT, later))


def test_keys_for_a_promise_are_not_read_beside_an_erasure(
    promising: Promising, wire: Connection, log: Place
) -> None:
    with ThreadPoolExecutor(1) as threads, wire.transaction():
        wire.execute(b"LOCK TABLE trail_keys IN EXCLUSIVE MODE")
        coming = threads.submit(promising.run, [Submission(limit(5_000_000), START)])
        query = b"SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'RowShareLock'"
        while wire.execute(query).fetchone() == (0,):
            assert not coming.done()
    assert len(promised(log, coming.result()[0])) == 1


def test_a_log_that_cannot_go_on_is_begun_anew_with_every_fact(
    home: Postgres, wire: Connection, log: Place, database_url: str, tmp_path: Path
) -> None:
    order(home, "o1")
    former = sequence(log, database_url)
    before = [entry["id"] for entry in opened_facts(wire, former)]
    [late] = home.run([Submission(limit(5_000_000), START)])
    another = place.make(tmp_path / "another", "log.example/second")
    with pytest.raises(REFUSED, match="stand in another log, log") as other:
        sequence(another, database_url)
    refused("log_other", other)
    fact = restart(database_url, another)
    published = sequence(another, database_url)
    with open_wire(database_url, None) as reading:
        assert [one["id"] for one in opened_facts(reading, published)] == [
            *before,
            *(one.id for one in late.facts),
            *(one.id for one in home.facts() if isinstance(one.body, ProposalFact)),
            fact.id,
        ]
        found = Receipts(reading, published).logged(fact.id)
        assert found.opening is not None
        body = found.opening.fact["body"]
        assert (body["origin"], body["former_size"]) == ("log.example/second", former.size)
        assert found.opening.fact["actor"]["nature"] == "person"
        with pytest.raises(REFUSED) as there:
            restart(database_url, another)
        refused("log_there", there)
    with pytest.raises(REFUSED) as old:
        sequence(log, database_url)
    refused("log_other", old)


def test_no_log_is_begun_anew_beside_one_that_runs(
    home: Postgres, log: Place, database_url: str, tmp_path: Path
) -> None:
    assert home.row is not None
    publisher = Publisher(log.store(), log.head(), log.signer, log.trust, Witnesses(log.trust, log.urls))
    with closing(Sequencer(database_url, None, publisher)), pytest.raises(REFUSED) as running:
        restart(database_url, place.make(tmp_path / "another", "log.example/second"))
    refused("sequencer_running", running)
