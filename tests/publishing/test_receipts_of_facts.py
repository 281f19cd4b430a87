"""Receipts, promises and erasure over a real database: what a fact's owner gets, and what time takes."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sequencing import take_all, unlisted

from asking_together import ask_together
from histories import CONSUMERS, START
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.front import Front
from holdfast.journal.model import KeysDestroyed
from holdfast.kernel.clock import DAY, HOUR, SimulatedClock
from holdfast.kernel.refusal import NotFound, Refusal
from holdfast.orders.model import CancelOrder, Listing, PlaceOrder
from holdfast.parties.model import Merchant, SetConsumerLimit
from holdfast.postgres.home import Postgres
from holdfast.postgres.line import Line
from holdfast.postgres.wire import open_wire
from holdfast.postgres.writing import Connection
from holdfast.publishing import erasure, place
from holdfast.publishing.erasure import KEPT_FOR
from holdfast.publishing.place import Place
from holdfast.publishing.promises import Promiser, Promising
from holdfast.publishing.publisher import Publisher
from holdfast.publishing.receipts import Published, Receipts, openings_of
from holdfast.publishing.restart import restart
from holdfast.publishing.sequencer import Sequencer
from holdfast.publishing.witnesses import Witnesses
from holdfast.trail import leaf, promise
from holdfast.trail.merkle import leaf_hash
from holdfast.trail.opening import read
from holdfast.trail.promise import Promised

CONSUMER = CONSUMERS[0]
SUBJECT = f"consumer:{CONSUMER}"


def sequence(log: Place, url: str) -> Published:
    publisher = Publisher(
        log.store(), log.head(), log.signer, log.trust, Witnesses(log.trust, log.urls, pause=0)
    )
    take_all(url, publisher)
    return Published(log.store(), log.trust)


def order(home: Postgres, order_id: str, at: int = START) -> None:
    """An order that was placed and cancelled: a deal that has ended."""
    [merchant, *_] = home.rows(Merchant)
    placing = PlaceOrder(
        order_id=order_id,
        merchant_id=merchant.id,
        consumer_id=CONSUMER,
        currency="CNY",
        amount_minor=1_000,
        listing=Listing(title="tea", text="green tea", price_minor=1_000),
    )
    for outcome in home.run([Submission(placing, at)]):
        assert outcome.refusal is None, outcome.refusal


def cancel(home: Postgres, order_id: str, at: int = START) -> None:
    [outcome] = home.run([Submission(CancelOrder(order_id=order_id, reason="changed mind"), at)])
    assert outcome.refusal is None, outcome.refusal


def refused(code: str, refusal: pytest.ExceptionInfo[Refusal]) -> None:
    assert refusal.value.code == code


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
    with pytest.raises(Refusal) as nothing:
        Published(log.store(), log.trust)
    refused("not_sequenced", nothing)
    published = sequence(log, database_url)
    command = SetConsumerLimit(consumer_id=CONSUMER, limit_minor=5_000_000)
    [outcome] = home.run([Submission(command, START)])
    receipts = Receipts(wire, published)
    assert receipts.of(outcome.facts[0].id) is None
    with pytest.raises(Refusal) as early:
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
    with pytest.raises(Refusal, match="not the one that the log has") as changed:
        Receipts(wire, published).logged(fact.id)
    refused("fact_changed", changed)


def limit(minor: int) -> SetConsumerLimit:
    return SetConsumerLimit(consumer_id=CONSUMER, limit_minor=minor)


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


def test_what_the_law_keeps_is_kept_and_the_rest_can_be_opened_by_nobody(
    home: Postgres, wire: Connection, log: Place, database_url: str
) -> None:
    order(home, "old")
    cancel(home, "old")
    order(home, "open")
    sequence(log, database_url)
    later = START + KEPT_FOR
    with pytest.raises(Refusal, match="keeps all 2 of its deals") as kept:
        erasure.destroy(wire, SUBJECT, "Li", later - DAY, unlisted)
    refused("kept_by_law", kept)
    plan, fact = erasure.destroy(wire, SUBJECT, "Li", later, unlisted)
    assert (plan.due, [deal.order_id for deal in plan.kept], plan.whole) == (("old",), ["open"], False)
    assert plan.kept_until is None
    published = sequence(log, database_url)
    receipts = Receipts(wire, published)
    old = [one.id for one in home.facts(order_id="old")]
    for key in old:
        found = receipts.logged(key)
        found.receipt.check(found.entry)
        assert found.opening is None
    with pytest.raises(Refusal) as erased:
        receipts.of(old[0])
    refused("erased", erased)
    assert receipts.logged(home_fact(home, "open")).opening is not None
    told = receipts.logged(fact.id).opening
    assert told is not None
    assert told.fact["body"]["pseudonym"] == plan.pseudonym
    assert SUBJECT not in told.encode().decode()
    assert old[0] not in {one.fact["id"] for one in openings_of(wire, published.size)}


def home_fact(home: Postgres, order_id: str) -> str:
    return next(iter(home.facts(order_id=order_id))).id


def test_with_all_deals_goes_the_subjects_own_key(
    home: Postgres, wire: Connection, log: Place, database_url: str
) -> None:
    order(home, "old")
    cancel(home, "old")
    sequence(log, database_url)
    before = erasure.plan(wire, SUBJECT, START + KEPT_FOR)
    assert before.whole
    _, fact = erasure.destroy(wire, SUBJECT, "Li", START + KEPT_FOR, unlisted)
    body = fact.body
    assert isinstance(body, KeysDestroyed)
    assert (body.deals, body.kept, body.whole, body.pseudonym) == (1, 0, True, before.pseudonym)
    with pytest.raises(Refusal) as nothing:
        erasure.plan(wire, SUBJECT, START + KEPT_FOR)
    refused("nothing_to_erase", nothing)
    receipts = Receipts(wire, sequence(log, database_url))
    own = [one for one in home.facts() if getattr(one.body, "consumer_id", None) == CONSUMER]
    assert own
    assert all(receipts.logged(one.id).opening is None for one in own)


def test_a_merchants_own_record_is_kept_as_long_as_its_last_order(
    home: Postgres, wire: Connection, log: Place, database_url: str
) -> None:
    [merchant, *_] = home.rows(Merchant)
    subject = f"merchant:{merchant.id}"
    order(home, "o1", START + DAY)
    sequence(log, database_url)
    later = START + DAY + KEPT_FOR
    with pytest.raises(Refusal) as living:
        erasure.destroy(wire, subject, "Li", later + DAY, unlisted)
    refused("kept_by_law", living)
    cancel(home, "o1", START + DAY)
    sequence(log, database_url)
    with pytest.raises(Refusal) as kept:
        erasure.destroy(wire, subject, "Li", later - 1, unlisted)
    refused("kept_by_law", kept)
    assert {deal.order_id for deal in erasure.plan(wire, subject, later - 1).kept} == {"o1", ""}
    assert erasure.destroy(wire, subject, "Li", later, unlisted)[0].whole


def test_who_comes_back_after_an_erasure_has_new_keys_and_the_old_stays_closed(
    home: Postgres, wire: Connection, log: Place, database_url: str, tmp_path: Path
) -> None:
    order(home, "old")
    cancel(home, "old")
    sequence(log, database_url)
    gone = [fact.id for fact in home.facts() if getattr(fact.body, "consumer_id", None) == CONSUMER]
    erasure.destroy(wire, SUBJECT, "Li", START + KEPT_FOR, unlisted)
    [back] = home.run([Submission(limit(5_000_000), START)])
    published = sequence(log, database_url)
    receipts = Receipts(wire, published)
    assert all(receipts.logged(key).opening is None for key in gone)
    assert receipts.logged(back.facts[0].id).opening is not None
    opened = {one["id"] for one in opened_facts(wire, published)}
    assert not opened & set(gone)
    assert back.facts[0].id in opened
    another = place.make(tmp_path / "another", "log.example/second")
    restart(wire, another, "Li", START)
    with pytest.raises(Refusal) as twice:
        restart(wire, another, "Li", START)
    refused("log_there", twice)
    wire.close()
    again = sequence(another, database_url)
    with open_wire(database_url, None) as reading:
        assert {one["id"] for one in opened_facts(reading, again)} >= opened
        assert not {one["id"] for one in opened_facts(reading, again)} & set(gone)
        with pytest.raises(Refusal) as erased:
            Receipts(reading, again).logged(gone[0])
        refused("erased", erased)


def test_no_key_goes_while_a_fact_may_be_promised_under_it(
    home: Postgres, promising: Promising, wire: Connection, log: Place, database_url: str
) -> None:
    order(home, "old")
    cancel(home, "old")
    sequence(log, database_url)
    later = START + KEPT_FOR
    [outcome] = promising.run([Submission(limit(5_000_000), START)])
    with pytest.raises(Refusal, match="1 facts about it wait") as waiting:
        erasure.destroy(wire, SUBJECT, "Li", later, unlisted)
    refused("facts_waiting", waiting)
    receipts = Receipts(wire, sequence(log, database_url))
    [one] = promised(log, outcome)
    assert leaf_hash(receipts.logged(one.fact_id).entry) == one.leaf_hash
    assert erasure.destroy(wire, SUBJECT, "Li", later, unlisted)[0].whole


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


@pytest.mark.parametrize("subject", ["order:o1", "consumer:", "c1"])
def test_an_erasure_that_is_not_asked_for_as_it_must_be(wire: Connection, subject: str) -> None:
    with pytest.raises(Refusal) as bad:
        erasure.destroy(wire, subject, "Li", START, unlisted)
    refused("bad_erasure", bad)


@pytest.mark.parametrize("by", [" ", "Li\n", "x" * 501])
def test_what_nothing_undoes_is_decided_by_somebody(wire: Connection, log: Place, by: str) -> None:
    with pytest.raises(Refusal) as nobody:
        erasure.destroy(wire, SUBJECT, by, START, unlisted)
    refused("nobody_named", nobody)
    with pytest.raises(Refusal) as still_nobody:
        restart(wire, log, by, START)
    refused("nobody_named", still_nobody)


def test_a_log_that_cannot_go_on_is_begun_anew_with_every_fact(
    home: Postgres, wire: Connection, log: Place, database_url: str, tmp_path: Path
) -> None:
    order(home, "o1")
    former = sequence(log, database_url)
    before = [entry["id"] for entry in opened_facts(wire, former)]
    [late] = home.run([Submission(limit(5_000_000), START)])
    another = place.make(tmp_path / "another", "log.example/second")
    with pytest.raises(Refusal, match="stand in another log, log") as other:
        sequence(another, database_url)
    refused("log_other", other)
    fact = restart(wire, another, "Li", START)
    wire.close()  # whoever restarts holds the turn until then
    published = sequence(another, database_url)
    with open_wire(database_url, None) as reading:
        assert [one["id"] for one in opened_facts(reading, published)] == [
            *before,
            *(one.id for one in late.facts),
            fact.id,
        ]
        found = Receipts(reading, published).logged(fact.id)
        assert found.opening is not None
        body = found.opening.fact["body"]
        assert (body["origin"], body["former_size"], body["by"]) == ("log.example/second", former.size, "Li")
        with pytest.raises(Refusal) as there:
            restart(reading, another, "Li", START)
        refused("log_there", there)
    with pytest.raises(Refusal) as old:
        sequence(log, database_url)
    refused("log_other", old)


def test_no_log_is_begun_anew_beside_one_that_runs(
    home: Postgres, wire: Connection, log: Place, database_url: str, tmp_path: Path
) -> None:
    assert home.row is not None
    publisher = Publisher(log.store(), log.head(), log.signer, log.trust, Witnesses(log.trust, log.urls))
    with closing(Sequencer(database_url, None, publisher)), pytest.raises(Refusal) as running:
        restart(wire, place.make(tmp_path / "another", "log.example/second"), "Li", START)
    refused("sequencer_running", running)


def opened_facts(connection: Connection, published: Published) -> list[dict[str, Any]]:
    return [one.fact for one in openings_of(connection, published.size)]
