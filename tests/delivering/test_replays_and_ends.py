"""Messages are sent again where it is asked for, and after whatever end; one deliverer works at a time."""

import pytest
from test_delivering import registered

from holdfast.delivering.book import Book
from holdfast.delivering.changes import Changes
from holdfast.kernel.clock import DAY, HOUR, MINUTE
from holdfast.outbound.posting import Poster
from holdfast.webhooks.model import DisableEndpoint, EnableEndpoint, ReplayDeliveries
from receivers import LOOPBACK, OK, Delivering, Got, Said, of_order, receiver

SALES = ("OrderPlaced", "OrderShipped", "OrderDelivered")


def test_a_replay_sends_all_from_a_position_on_under_the_same_ids(market: Delivering) -> None:
    with receiver() as there:
        market.do(registered(there, kinds=SALES))
        deliverer = market.deliverer()
        market.sell("o1")
        market.until_idle(deliverer)
        begins = len(list(market.home.facts()))
        market.sell("o2", "o3")
        market.until_idle(deliverer)
        first = list(there.got)
        there.got.clear()
        market.do(ReplayDeliveries(endpoint_id="e1", from_position=begins))
        market.sell("o4")
        market.until_idle(deliverer)
        again = [got for got in there.got if got.id in {each.id for each in first}]
        assert {order for order, _ in of_order(again)} == {"o2", "o3"}
        assert len(again) == 2 * len(SALES)
        assert {got.body for got in again} < {got.body for got in first}
        assert [kind for order, kind in of_order(there.got) if order == "o4"] == list(SALES)


def test_a_replay_since_a_time(market: Delivering) -> None:
    with receiver() as there:
        market.do(registered(there, kinds=SALES))
        market.sell("o1")
        market.wait(HOUR)
        since = market.clock.now()
        market.sell("o2")
        deliverer = market.deliverer()
        market.until_idle(deliverer)
        market.wait(MINUTE)
        market.do(ReplayDeliveries(endpoint_id="e1", since=since))
        market.until_idle(deliverer)
        assert [order for order, _ in of_order(there.got)].count("o1") == 3
        assert [order for order, _ in of_order(there.got)].count("o2") == 6


def test_one_message_is_sent_again_past_all_that_waits(market: Delivering) -> None:
    said = OK
    with receiver(lambda _got: said) as there:
        market.do(registered(there, kinds=SALES))
        market.sell("o1")
        deliverer = market.deliverer()
        market.until_idle(deliverer)
        [shipped] = [got for got in there.got if got.kind == "OrderShipped"]
        market.do(ReplayDeliveries(endpoint_id="e1", message=shipped.id))
        market.until_idle(deliverer)
        assert there.got[-1].body == shipped.body
        assert len(there.got) == 4


def test_a_message_that_never_was_and_one_of_another_merchant_are_not_sent(market: Delivering) -> None:
    with receiver() as there:
        market.do(registered(there, "m1~e", kinds=SALES, merchant_id="m1"))
        [placed, *_] = market.sell("o1", merchant="m2")
        deliverer = market.deliverer()
        market.do(
            ReplayDeliveries(endpoint_id="m1~e", message="0" * 32),
            ReplayDeliveries(endpoint_id="m1~e", message=placed.id),
        )
        market.until_idle(deliverer)
        assert there.got == []


def test_a_replay_of_what_waits_does_not_double_it(market: Delivering) -> None:
    said = Said(500)
    with receiver(lambda _got: said) as there:
        market.do(registered(there, kinds=SALES))
        market.sell("o1", "o2")
        deliverer = market.deliverer()
        market.until_idle(deliverer)
        market.do(ReplayDeliveries(endpoint_id="e1", from_position=0))
        market.until_idle(deliverer)
        said = OK
        there.got.clear()
        market.wait(HOUR)
        market.until_idle(deliverer)
        assert len(there.got) == len(set(there.ids)) == 6


class EndedError(Exception):
    """The process is gone."""


class Ending(Book):
    """A book of a process that ends before it has written anything down."""

    def write(self, changes: Changes) -> None:
        raise EndedError(len(changes.attempts))


def test_an_end_between_sending_and_writing_sends_again_and_loses_nothing(market: Delivering) -> None:
    with receiver() as there:
        market.do(registered(there, kinds=SALES))
        facts = [fact.id for fact in market.sell("o1", "o2") if fact.kind in SALES]
        ending = market.deliverer(book=Ending)
        with pytest.raises(EndedError):
            ending.step()
        assert sorted(set(there.ids)) == sorted(facts)
        market.end(ending)
        assert market.query("SELECT count(*) FROM webhook_attempts") == [(0,)]
        market.until_idle(market.deliverer())
        assert sorted(there.ids) == sorted([*facts, *facts])
        assert market.query("SELECT count(*) FROM webhook_attempts") == [(6,)]


def test_what_waited_is_tried_again_by_the_next_deliverer_in_its_order(market: Delivering) -> None:
    failing = True

    def answer(got: Got) -> Said:
        return Said(500) if failing and ("o1", got.kind) in [*of_order([got])] else OK

    with receiver(answer) as there:
        market.do(registered(there, kinds=SALES))
        market.sell("o1", "o2")
        first = market.deliverer()
        market.until_idle(first)
        market.end(first)
        failing = False
        there.got.clear()
        second = market.deliverer()
        market.until_idle(second)
        assert there.got == []
        market.wait(HOUR)
        market.until_idle(second)
        assert list(of_order(there.got)) == [("o1", kind) for kind in SALES]


def test_a_deliverer_stands_by_while_another_works_and_takes_over_when_it_ends(market: Delivering) -> None:
    with receiver() as there:
        market.do(registered(there, kinds=SALES))
        first, second = market.deliverer(), market.deliverer()
        market.sell("o1")
        market.until_idle(first)
        market.sell("o2")
        assert second.step() == 0
        assert len(there.got) == 3
        market.until_idle(first)
        assert second.step() == 0
        market.end(first)
        market.sell("o3")
        market.until_idle(second)
        assert len(there.got) == len(set(there.ids)) == 9


def test_what_waits_for_a_disabled_endpoint_outlives_its_deliverer(market: Delivering) -> None:
    said = Said(500)
    with receiver(lambda _got: said) as there:
        market.do(registered(there, kinds=SALES))
        market.sell("o1")
        first = market.deliverer()
        market.until_idle(first)
        market.do(DisableEndpoint(endpoint_id="e1"))
        market.until_idle(first)
        market.end(first)
        second = market.deliverer()
        market.sell("o2")
        market.wait(DAY)
        market.until_idle(second)
        assert len(there.got) == 1
        said = OK
        market.do(EnableEndpoint(endpoint_id="e1"))
        market.until_idle(second)
        assert [kind for order, kind in of_order(there.got[1:]) if order == "o1"] == list(SALES)
        assert [kind for order, kind in of_order(there.got[1:]) if order == "o2"] == list(SALES)


def test_a_deliverer_that_was_never_there_begins_where_the_first_endpoint_was_registered(
    market: Delivering,
) -> None:
    market.sell(*(f"a{n}" for n in range(5)))
    with receiver() as there:
        market.do(registered(there, kinds=SALES))
        market.sell("o1")
        market.until_idle(market.deliverer(lambda: Poster(LOOPBACK)))
        assert list(of_order(there.got)) == [("o1", kind) for kind in SALES]
