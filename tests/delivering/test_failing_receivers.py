"""Receivers that fail: tried again by the schedule, in order; nobody waits for them; disabled in the end."""

import threading

import pytest
from test_delivering import registered

from holdfast.delivering.endpoints import FIRST_WIDTH, SUSPECT_WIDTH, WIDTH
from holdfast.delivering.schedule import RETRIES
from holdfast.kernel.clock import DAY, HOUR, MINUTE, SECOND
from holdfast.webhooks.model import (
    ChangeEndpoint,
    DisabledWhy,
    EnableEndpoint,
    EndpointDisabled,
    EndpointState,
)
from receivers import OK, Delivering, Got, Receiver, Said, of_order, receiver

FAILS = Said(500)
SALES = ("OrderPlaced", "OrderShipped", "OrderDelivered")


def of_o1(there: Receiver) -> int:
    return len([1 for order, _ in of_order(there.got) if order == "o1"])


def test_a_message_is_tried_again_by_the_schedule_and_given_up_after_it(market: Delivering) -> None:
    """Another subject's arrive meanwhile, so the endpoint itself is not failing."""

    def answer(got: Got) -> Said:
        return FAILS if got.document["data"]["body"]["order_id"] == "o1" else OK

    with receiver(answer) as there:
        market.do(registered(there, kinds=("OrderPlaced", "OrderShipped")))
        market.sell("o1")
        deliverer = market.deliverer()
        market.until_idle(deliverer)
        for number, pause in enumerate(RETRIES, start=1):
            assert of_o1(there) == number
            market.wait(round(pause * 0.89))
            market.sell(f"p{number}")
            market.until_idle(deliverer)
            assert of_o1(there) == number
            market.wait(round(pause * 0.22))
            market.until_idle(deliverer)
        assert of_o1(there) == len(RETRIES) + 2
        outcomes = market.query("SELECT outcome FROM webhook_attempts WHERE kind = 'OrderPlaced' ORDER BY id")
        assert [outcome for (outcome,) in outcomes].count("given_up") == 1
        assert [kind for order, kind in of_order(there.got) if order == "o1"][-1] == "OrderShipped"
        assert {order for order, _ in of_order(there.got)} >= {f"p{n}" for n in range(1, 10)}


def test_within_a_subject_what_comes_later_waits_and_no_other_subject_does(market: Delivering) -> None:
    failing = True

    def answer(got: Got) -> Said:
        return FAILS if failing and got.document["data"]["body"].get("order_id") == "o1" else OK

    with receiver(answer) as there:
        market.do(registered(there))
        facts = market.sell("o1", "o2")
        deliverer = market.deliverer()
        market.until_idle(deliverer)
        mine = [fact.kind for fact in facts if getattr(fact.body, "order_id", "") == "o1"]
        assert [kind for order, kind in of_order(there.got) if order == "o1"] == mine[:1]
        assert len([1 for order, _ in of_order(there.got) if order == "o2"]) == len(mine)
        market.wait(6 * SECOND)
        market.until_idle(deliverer)
        failing = False
        market.wait(6 * MINUTE)
        market.until_idle(deliverer)
        assert [kind for order, kind in of_order(there.got) if order == "o1"] == [mine[0]] * 2 + mine
        assert market.query("SELECT count(*) FROM webhook_messages") == [(0,)]


def test_410_disables_at_once_and_what_waits_comes_when_it_is_enabled(market: Delivering) -> None:
    said = Said(410)
    with receiver(lambda _got: said) as there:
        market.do(registered(there, kinds=("OrderPlaced",)))
        market.sell("o1")
        deliverer = market.deliverer()
        market.until_idle(deliverer)
        row = market.endpoint("e1")
        assert (row.state, row.why) == (EndpointState.DISABLED, DisabledWhy.GONE)
        [told] = [fact for fact in market.home.facts() if isinstance(fact.body, EndpointDisabled)]
        assert told.actor is not None
        assert told.actor.id == "webhooks"
        market.sell("o2")
        market.wait(DAY)
        market.until_idle(deliverer)
        assert len(there.got) == 1
        said = OK
        market.do(EnableEndpoint(endpoint_id="e1"))
        market.until_idle(deliverer)
        assert sorted(order for order, _ in of_order(there.got)) == ["o1", "o1", "o2"]


def test_410_of_an_address_that_was_changed_meanwhile_disables_nothing(market: Delivering) -> None:
    with receiver() as new:

        def answer(_got: Got) -> Said:
            market.do(ChangeEndpoint(endpoint_id="e1", url=f"{new.url}/new"))
            return Said(410)

        with receiver(answer) as old:
            market.do(registered(old, kinds=("OrderPlaced",)))
            market.sell("o1")
            deliverer = market.deliverer()
            market.until_idle(deliverer)
            assert market.endpoint("e1").state is EndpointState.ENABLED
            market.wait(6 * SECOND)
            market.until_idle(deliverer)
            assert [order for order, _ in of_order(new.got)] == ["o1"]


def test_an_endpoint_that_fails_for_days_is_disabled(market: Delivering) -> None:
    with receiver(lambda _got: FAILS) as there:
        market.do(registered(there, kinds=("OrderPlaced",)))
        market.sell("o1")
        deliverer = market.deliverer()
        market.until_idle(deliverer)
        for _ in range(24 * 3 - 1):
            market.wait(HOUR)
            market.until_idle(deliverer)
        assert market.endpoint("e1").state is EndpointState.ENABLED
        market.wait(DAY)
        market.until_idle(deliverer)
        row = market.endpoint("e1")
        assert (row.state, row.why) == (EndpointState.DISABLED, DisabledWhy.FAILING)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500])
def test_only_2xx_is_success_and_no_redirect_is_followed(market: Delivering, status: int) -> None:
    with receiver() as elsewhere, receiver(lambda _got: Said(status, {"Location": elsewhere.url})) as there:
        market.do(registered(there, kinds=("OrderPlaced",)))
        market.sell("o1")
        market.until_idle(market.deliverer())
        assert len(there.got) == 1
        assert elsewhere.got == []
        assert market.query("SELECT outcome, status FROM webhook_attempts") == [("failed", status)]


def test_a_receiver_that_asks_for_a_pause_is_given_it_up_to_a_day(market: Delivering) -> None:
    said = Said(503, {"Retry-After": "600"})
    with receiver(lambda _got: said) as there:
        market.do(registered(there, kinds=("OrderPlaced",)))
        market.sell("o1")
        deliverer = market.deliverer()
        market.until_idle(deliverer)
        market.sell("o2")
        market.wait(599 * SECOND)
        market.until_idle(deliverer)
        assert len(there.got) == 1
        said = Said(500, {"Retry-After": "99999999"})
        market.wait(SECOND)
        market.until_idle(deliverer)
        assert len(there.got) > 1
        said = OK
        market.wait(DAY)
        market.until_idle(deliverer)
        assert {order for order, _ in of_order(there.got[2:])} == {"o1", "o2"}


def test_a_slow_receiver_holds_nobody_up(market: Delivering) -> None:
    """Neither other endpoints, nor more than so many messages to itself."""
    ended = threading.Event()

    def slow(_got: Got) -> Said:
        ended.wait()
        return OK

    with receiver(slow) as there, receiver() as other:
        market.do(registered(there, "slow", kinds=SALES), registered(other, "quick", kinds=SALES))
        facts = [fact for fact in market.sell(*(f"o{n}" for n in range(40))) if fact.kind in SALES]
        deliverer = market.deliverer()
        try:
            while len(other.got) < len(facts):
                deliverer.step()
            assert there.most_together <= FIRST_WIDTH
            assert 0 < len(there.got) <= FIRST_WIDTH
        finally:
            ended.set()
        market.until_idle(deliverer)
        assert sorted(there.ids) == sorted(other.ids)
        assert there.most_together <= WIDTH


def test_a_dead_receiver_is_asked_little_and_its_facts_wait_in_the_feed(market: Delivering) -> None:
    said = FAILS
    with receiver(lambda _got: said) as there, receiver() as other:
        market.do(registered(there, "dead", kinds=SALES), registered(other, "quick", kinds=SALES))
        deliverer = market.deliverer()
        market.sell("o0")
        market.until_idle(deliverer)
        for n in range(1, 61):
            market.sell(f"o{n}")
        market.until_idle(deliverer)
        [(waiting,)] = market.query("SELECT count(*) FROM webhook_messages")
        assert 0 < waiting <= WIDTH + SUSPECT_WIDTH
        assert market.query("SELECT position IS NULL FROM webhook_standings ORDER BY endpoint_id") == [
            (False,),
            (True,),
        ]
        said = OK
        market.wait(HOUR)
        market.until_idle(deliverer)
        assert {got.id for got in there.got} == {got.id for got in other.got}
        assert len(other.ids) == len(set(other.ids))
        assert market.query("SELECT count(*) FROM webhook_messages") == [(0,)]
