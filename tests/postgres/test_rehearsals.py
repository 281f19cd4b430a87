"""What a command would do is what it then does; and telling it leaves the database as it was."""

from collections.abc import Iterator
from heapq import heappop, heappush
from random import Random

import psycopg
import pytest
from psycopg import errors
from test_every_command_in_both import POLICY, react, story
from two_homes import Both, both

from every_command import MARKET
from histories import START, opening, policy, sale
from holdfast.bench.bare.room import WITH_BARE
from holdfast.engine.agenda import answered
from holdfast.engine.execution import Outcome, Submission
from holdfast.journal.requests import KeyReused, Request
from holdfast.kernel.clock import DAY, HOUR
from holdfast.kernel.ids import Ids
from holdfast.ledger.model import Hold, Transfer
from holdfast.orders.model import Order, PlaceOrder, ShipOrder
from holdfast.postgres.home import Postgres
from holdfast.postgres.keys import no_keys
from holdfast.postgres.session import Session, Work
from holdfast.settlement.model import CapitaliseFund
from who_asks import asked
from whole_database import everything


def due(coming: list[tuple[int, int, Submission]], now: int) -> Iterator[Submission]:
    """Take what is to be asked by now."""
    while coming and coming[0][0] <= now:
        yield heappop(coming)[2]._replace(at=now)


def rehearse(homes: Both, url: str, batch: list[Submission]) -> list[Outcome]:
    """Rehearse a batch in both homes: they say the same, and neither has anything of it afterwards."""
    before = everything(url)
    first, second = (home.rehearse(batch) for home in homes)
    assert first == second
    assert everything(url) == before
    return [each.outcome for each in first]


def test_every_command_does_what_was_said_before(migrated_url: str) -> None:
    coming = [(each.at, number, each) for number, each in enumerate(story())]
    told = 0
    kinds: set[type[object]] = set()
    with both(migrated_url, commands=WITH_BARE) as homes:
        homes.adopt(POLICY, START - 1)
        for hour in range(22 * DAY // HOUR):
            now = START + hour * HOUR
            homes.advance(now)
            while True:
                facts = homes.memory.feed(told, 1_000)
                for number, fact in enumerate(facts):
                    for answer in (answered(each, now) for each in react(fact)):
                        heappush(coming, (answer.at, 1_000 + told + number, answer))
                told += len(facts)
                batch = list(due(coming, now))
                if not batch:
                    break
                said = rehearse(homes, migrated_url, batch)
                assert homes.run(batch) == said
                kinds |= {type(each.command) for each in batch}
        homes.assert_same()
    assert len(kinds) > len(MARKET)


@pytest.fixture
def home(migrated_url: str) -> Iterator[Postgres]:
    """A home with a shop, a consumer and an order that was delivered."""
    with Postgres.open(migrated_url, ids=Ids(Random(1)), guard=None) as opened:
        opened.adopt(policy("full"), START)
        commands = [*opening(), *sale("o1", "m1", "c1", 1_000, 3)]
        assert all(each.accepted for each in opened.run([Submission(each, START) for each in commands]))
        yield opened


def placing(number: int) -> PlaceOrder:
    """Return another order like the one that is there."""
    [first, *_] = sale(f"o{number}", "m1", "c1", 1_000, 3)
    assert isinstance(first, PlaceOrder)
    return first


def test_each_sees_what_those_before_it_would_have_done(home: Postgres) -> None:
    ship = ShipOrder(order_id="o2")
    alone, *_ = home.rehearse([Submission(ship, START)])
    assert alone.outcome.refusal is not None
    placed, shipped = home.rehearse([Submission(placing(2), START), Submission(ship, START)])
    assert placed.outcome.accepted
    assert shipped.outcome.accepted
    assert home.row(Order, "o2") is None


def test_money_that_would_be_moved_is_told(home: Postgres) -> None:
    [told] = home.rehearse([asked(CapitaliseFund(currency="CNY", amount_minor=500), START)])
    assert [each.amount_minor for each in told.rows if isinstance(each, Transfer)] == [500]
    assert not list(home.rows(Transfer))
    assert not list(home.rows(Hold))


def test_a_key_is_not_kept_and_one_that_is_kept_is_found(home: Postgres) -> None:
    first = Submission(placing(2), START, "k1")
    assert home.rehearse([first, first])[1].outcome.replayed_ids is not None
    assert list(home.rows(Request)) == []
    [outcome] = home.run([first])
    [again, other] = home.rehearse([first, Submission(placing(3), START, "k1")])
    assert again.outcome.replayed_ids == tuple(fact.id for fact in outcome.facts)
    assert other.outcome.refusal is not None
    assert other.outcome.refusal.code == KeyReused.code


def test_the_server_lets_nothing_be_written(home: Postgres) -> None:
    """Whatever the work does: the transaction is one that only reads."""

    def write(_session: Session) -> None:
        home._transactor._connection.execute("UPDATE orders SET amount_minor = 0")  # pyright: ignore[reportPrivateUsage]

    with pytest.raises(errors.ReadOnlySqlTransaction):
        home._transactor.rehearse(Work(no_keys(), write))  # pyright: ignore[reportPrivateUsage]
    assert home.rehearse([Submission(placing(2), START)])[0].outcome.accepted


def test_it_waits_for_no_lock_and_holds_none(home: Postgres, migrated_url: str) -> None:
    with psycopg.connect(migrated_url) as other:
        other.execute("SELECT id FROM consumers FOR UPDATE")
        assert home.rehearse([Submission(placing(2), START)])[0].outcome.accepted
