"""Forgetting somebody: what the law keeps, what goes, and who comes back."""

from pathlib import Path

import pytest
from deals import CONSUMER, SUBJECT, cancel, limit, opened_facts, order, refused, sequence, was_whole
from sequencing import REFUSED, destroy, plan, restart

from histories import START
from holdfast.engine.execution import Submission
from holdfast.journal.erasing import KEPT_FOR
from holdfast.journal.model import KeysDestroyed
from holdfast.kernel.actor import LIBRARY
from holdfast.kernel.clock import DAY
from holdfast.parties.model import Merchant
from holdfast.postgres.home import Postgres
from holdfast.postgres.wire import open_wire
from holdfast.postgres.writing import Connection
from holdfast.publishing import place
from holdfast.publishing.keyring import ABOUT
from holdfast.publishing.place import Place
from holdfast.publishing.receipts import Receipts, openings_of


def test_what_the_law_keeps_is_kept_and_the_rest_can_be_opened_by_nobody(
    home: Postgres, wire: Connection, log: Place, database_url: str
) -> None:
    order(home, "old")
    cancel(home, "old")
    order(home, "open")
    sequence(log, database_url)
    later = START + KEPT_FOR
    with pytest.raises(REFUSED, match="keeps all 2 of its deals") as kept:
        destroy(database_url, SUBJECT, later - DAY)
    refused("kept_by_law", kept)
    found = plan(database_url, SUBJECT, later)
    assert found is not None
    assert (found.due, [deal.order_id for deal in found.kept], found.whole) == (("old",), ["open"], False)
    assert found.kept_until is None
    fact = destroy(database_url, SUBJECT, later)
    published = sequence(log, database_url)
    receipts = Receipts(wire, published)
    old = [one.id for one in home.facts(order_id="old")]
    for key in old:
        logged = receipts.logged(key)
        logged.receipt.check(logged.entry)
        assert logged.opening is None
    with pytest.raises(REFUSED) as erased:
        receipts.of(old[0])
    refused("erased", erased)
    assert receipts.logged(home_fact(home, "open")).opening is not None
    told = receipts.logged(fact.id).opening
    assert told is not None
    assert told.fact["body"]["pseudonym"] == found.pseudonym
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
    before = plan(database_url, SUBJECT, START + KEPT_FOR)
    assert before is not None
    assert before.whole
    fact = destroy(database_url, SUBJECT, START + KEPT_FOR)
    body = fact.body
    assert isinstance(body, KeysDestroyed)
    assert (body.deals, body.kept, body.whole, body.pseudonym) == (1, 0, True, before.pseudonym)
    assert plan(database_url, SUBJECT, START + KEPT_FOR) is None
    with pytest.raises(REFUSED) as nothing:
        destroy(database_url, SUBJECT, START + KEPT_FOR)
    refused("nothing_to_erase", nothing)
    receipts = Receipts(wire, sequence(log, database_url))
    own = [one for one in home.facts() if getattr(one.body, "consumer_id", None) == CONSUMER]
    assert own
    assert all(receipts.logged(one.id).opening is None for one in own)


def test_a_merchants_own_record_is_kept_as_long_as_its_last_order(
    home: Postgres, log: Place, database_url: str
) -> None:
    [merchant, *_] = home.rows(Merchant)
    subject = f"merchant:{merchant.id}"
    order(home, "o1", START + DAY)
    sequence(log, database_url)
    later = START + DAY + KEPT_FOR
    with pytest.raises(REFUSED) as living:
        destroy(database_url, subject, later + DAY)
    refused("kept_by_law", living)
    cancel(home, "o1", START + DAY)
    sequence(log, database_url)
    with pytest.raises(REFUSED) as kept:
        destroy(database_url, subject, later - 1)
    refused("kept_by_law", kept)
    planned = plan(database_url, subject, later - 1)
    assert planned is not None
    assert {deal.order_id for deal in planned.kept} == {"o1", ""}
    assert was_whole(destroy(database_url, subject, later))


def test_who_comes_back_after_an_erasure_has_new_keys_and_the_old_stays_closed(
    home: Postgres, wire: Connection, log: Place, database_url: str, tmp_path: Path
) -> None:
    order(home, "old")
    cancel(home, "old")
    sequence(log, database_url)
    gone = [fact.id for fact in home.facts() if getattr(fact.body, "consumer_id", None) == CONSUMER]
    destroy(database_url, SUBJECT, START + KEPT_FOR)
    [back] = home.run([Submission(limit(5_000_000), START)])
    published = sequence(log, database_url)
    receipts = Receipts(wire, published)
    assert all(receipts.logged(key).opening is None for key in gone)
    assert receipts.logged(back.facts[0].id).opening is not None
    opened = {one["id"] for one in opened_facts(wire, published)}
    assert not opened & set(gone)
    assert back.facts[0].id in opened
    another = place.make(tmp_path / "another", "log.example/second")
    restart(database_url, another)
    with pytest.raises(REFUSED) as twice:
        restart(database_url, another)
    refused("log_goes_on", twice)
    again = sequence(another, database_url)
    with open_wire(database_url, None) as reading:
        assert {one["id"] for one in opened_facts(reading, again)} >= opened
        assert not {one["id"] for one in opened_facts(reading, again)} & set(gone)
        with pytest.raises(REFUSED) as erased:
            Receipts(reading, again).logged(gone[0])
        refused("erased", erased)


@pytest.mark.parametrize("subject", ["order:o1", "consumer:", "c1"])
def test_an_erasure_that_is_not_asked_for_as_it_must_be(database_url: str, subject: str) -> None:
    with pytest.raises(REFUSED) as bad:
        destroy(database_url, subject, START)
    refused("bad_erasure", bad)


def test_what_nothing_undoes_is_decided_by_a_person(home: Postgres, log: Place, database_url: str) -> None:
    order(home, "o1")
    sequence(log, database_url)
    with pytest.raises(REFUSED) as nobody:
        destroy(database_url, SUBJECT, START, actor=LIBRARY)
    refused("person_needed", nobody)
    another = place.make(log.path.with_name("another"), "log.example/second")
    with pytest.raises(REFUSED) as still_nobody:
        restart(database_url, another, LIBRARY)
    refused("person_needed", still_nobody)


@pytest.mark.parametrize("kind", ABOUT)
def test_whom_it_is_about_is_found_in_an_index(wire: Connection, kind: str) -> None:
    """The keys are locked meanwhile: no sequencer and no promise may wait for a scan of the journal."""
    lines = wire.execute(b"EXPLAIN SELECT count(*) FROM facts WHERE " + ABOUT[kind], {"key": "x"}).fetchall()
    assert "Index Cond" in "\n".join(line for (line,) in lines)
    assert "Seq Scan" not in "\n".join(line for (line,) in lines)
