"""Idempotency, refusals without a trace, the agenda's order, deadlines, the front; play is a function."""

import asyncio
import threading
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asking_together import ask_together
from histories import POLICIES, START, Provider, histories, opening, sale
from holdfast.audit.checks import audit
from holdfast.bench.bare.model import MoveMoney, OpenAccount
from holdfast.bench.bare.room import WITH_BARE
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.front import Asked, Busy, Front, Stopped
from holdfast.engine.memory import Memory
from holdfast.journal.model import ConfirmClock
from holdfast.journal.requests import KeyInFlight, Request
from holdfast.kernel.clock import DAY, HOUR, Instant, SimulatedClock
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command, Fact
from holdfast.orders.facts import OrderExpired, OrderPlaced
from holdfast.orders.model import CancelOrder, ConfirmOrder, Order, OrderState
from holdfast.parties.model import Consumer, Merchant, OpenPayLater
from holdfast.policy.model import AdoptPolicy, PolicyAdopted
from one_market import OneMarket, of, placing, policy
from waiting import GUARD_SECONDS
from who_asks import asked


def test_the_same_key_with_the_same_body_is_answered_from_memory() -> None:
    market = OneMarket()
    [first] = market.run(placing(), key="k")
    market.now += HOUR
    [second] = market.run(placing(), key="k")
    assert second.accepted
    assert second.facts == ()
    assert second.replayed_ids == tuple(fact.id for fact in first.facts)
    assert len(of(OrderPlaced, market.home.facts())) == 1


def test_a_refusal_is_replayed_too() -> None:
    market = OneMarket()
    [first] = market.run(placing(amount_minor=0), key="k")
    [second] = market.run(placing(amount_minor=0), key="k")
    assert first.refusal == second.refusal
    assert second.replayed_ids == ()
    assert market.row(Request, "k").refusal == first.refusal


def test_the_same_key_with_another_body_is_refused() -> None:
    market = OneMarket()
    market.run(placing(), key="k")
    [other] = market.run(placing(amount_minor=5), key="k")
    assert other.refusal is not None
    assert other.refusal.code == "key_reused"
    [kind] = market.run(CancelOrder(order_id="o1", reason="x"), key="k")
    assert kind.refusal is not None
    assert kind.refusal.code == "key_reused"
    assert market.order().state is OrderState.PLACED


@pytest.mark.parametrize("code", ["bad_text", "bad_instant", "amount_overflow"])
def test_what_cannot_be_kept_is_refused_before_anything_is_looked_for(code: str) -> None:
    bad: dict[str, Command] = {
        "bad_text": placing(order_id="nul\0"),
        "bad_instant": placing(ship_by=2**62),
        "amount_overflow": placing(amount_minor=2**63),
    }
    market = OneMarket()
    [outcome] = market.run(bad[code], key="k")
    assert outcome.refusal is not None
    assert outcome.refusal.code == code
    assert market.home.row(Request, "k") is None


def test_a_refusal_in_a_batch_touches_no_other() -> None:
    market = OneMarket()
    first, refused, last = market.run(placing(), placing(amount_minor=1), placing(order_id="o2"))
    assert (first.accepted, refused.accepted, last.accepted) == (True, False, True)
    assert market.row(Consumer, "c1").outstanding_minor == 20_000
    market.check()


def test_a_command_sees_what_those_before_it_in_the_batch_did() -> None:
    market = OneMarket()
    outcomes = market.run(placing(confirmed=False), ConfirmOrder(order_id="o1"), ConfirmOrder(order_id="o1"))
    assert [outcome.accepted for outcome in outcomes] == [True, True, False]


def test_a_policy_is_adopted_once() -> None:
    market = OneMarket()
    market.home.adopt(policy("full"), market.now)
    market.do(AdoptPolicy(policy=policy("full")))
    assert len(of(PolicyAdopted, market.home.facts())) == 1


def unheard(_submission: Submission | None, _at: Instant, _outcome: Outcome) -> None:
    """Hear nothing."""


def played(timeline: Sequence[Submission]) -> tuple[Memory, list[tuple[Instant, str]]]:
    home = Memory(Ids(Random(1)))
    home.adopt(policy("full"), START)
    heard: list[tuple[Instant, str]] = []

    def listen(submission: Submission | None, at: Instant, _outcome: Outcome) -> None:
        heard.append((at, "wake" if submission is None else type(submission.command).__name__))

    home.run([asked(command, START) for command in opening()])
    home.play(timeline, react=Provider(0, 0, 0).react, listen=listen, until=START + 40 * DAY)
    return home, heard


def test_what_is_done_at_the_deadline_is_done_in_time() -> None:
    at = START + 30 * DAY
    home, heard = played([asked(placing(confirmed=False), START), asked(ConfirmOrder(order_id="o1"), at)])
    order = home.row(Order, "o1")
    assert order is not None
    assert order.confirmed_at == at
    assert not of(OrderExpired, home.facts())
    assert heard[1] == (at, "ConfirmOrder")


def test_a_millisecond_after_the_deadline_is_too_late() -> None:
    at = START + 30 * DAY + 1
    home, heard = played([asked(placing(confirmed=False), START), asked(ConfirmOrder(order_id="o1"), at)])
    assert of(OrderExpired, home.facts())
    assert [kind for _, kind in heard] == ["PlaceOrder", "wake", "ConfirmOrder"]


def test_commands_come_before_answers_and_answers_before_deadlines() -> None:
    """The notice's answer, the debit's deadline and a claim of the consumer meet at one instant."""
    timeline = [asked(command, START) for command in sale("o1", "m1", "c1", 100, 3)]
    home, heard = played(timeline)
    assert [at for at, _ in heard] == sorted(at for at, _ in heard)
    kinds = [kind for _, kind in heard]
    assert kinds.index("ConfirmNotice") < kinds.index("RecordCapture") < kinds.index("ConfirmPayout")
    assert not audit(home).findings


def test_rows_that_wake_at_one_instant_wake_by_their_ids() -> None:
    orders = [placing(order_id=key, confirmed=False) for key in ("o3", "o1", "o2")]
    home, _ = played([asked(command, START) for command in orders])
    assert [body.order_id for body in of(OrderExpired, home.facts())] == ["o1", "o2", "o3"]


def test_a_deadline_that_moved_is_not_kept_twice() -> None:
    market = OneMarket()
    market.do(placing(confirmed=False), ConfirmOrder(order_id="o1"), CancelOrder(order_id="o1", reason="x"))
    assert market.wait(100 * DAY) == []


def test_advancing_is_counted_in_facts() -> None:
    market = OneMarket()
    market.do(placing(confirmed=False))
    assert market.wait(30 * DAY - 1) == []
    assert market.home.advance(START + 30 * DAY) == 1
    assert market.home.advance(START + 40 * DAY) == 0


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.sampled_from(POLICIES), histories(), st.integers(0, 9), st.integers(0, 60))
def test_play_is_a_function_of_its_timeline(
    chosen: object, timeline: list[Submission], salt: int, days: int
) -> None:
    """The same seed makes the same facts, to the last id; and so does a play that is cut in two.

    But for who confirms the clock: that records how far time was moved, which a cut does.
    """
    timeline = [each for each in timeline if not isinstance(each.command, ConfirmClock)]

    def facts(cut: Instant | None) -> list[Fact]:
        home = Memory(Ids(Random(7)))
        home.adopt(chosen, START)  # pyright: ignore[reportArgumentType]
        provider = Provider(salt, 20, 10)
        if cut is not None:
            home.play(timeline, react=provider.react, listen=unheard, until=cut)
        home.play([] if cut is not None else timeline, react=provider.react, listen=unheard)
        assert not audit(home).findings
        return list(home.facts())

    once = facts(None)
    assert facts(None) == once
    assert facts(START + days * DAY) == once


@settings(max_examples=25, deadline=None, derandomize=True)
@given(histories())
def test_the_journal_of_a_merchant_and_of_an_order_is_a_part_of_the_whole(timeline: list[Submission]) -> None:
    home, _ = played(timeline)
    whole = list(home.facts())
    assert list(home.facts(order_id="o1")) == [f for f in whole if getattr(f.body, "order_id", None) == "o1"]
    for merchant in home.rows(Merchant):
        part = list(home.facts(merchant_id=merchant.id))
        assert part == [fact for fact in whole if getattr(fact.body, "merchant_id", None) == merchant.id]
        assert part


class Gated(Memory):
    """A home whose batches wait until they are let through, and are counted."""

    def __init__(self) -> None:
        super().__init__(Ids(Random(1)), commands=WITH_BARE)
        self.gate = threading.Event()
        self.entered = threading.Event()
        self.batches: list[int] = []
        self.adopt(policy("full"), START)

    def run(self, batch: Sequence[Submission]) -> list[Outcome]:
        if isinstance(batch[0].command, AdoptPolicy):
            return super().run(batch)
        self.entered.set()
        assert self.gate.wait(GUARD_SECONDS)
        self.batches.append(len(batch))
        if any(
            isinstance(each.command, OpenAccount) and each.command.account_id == "broken" for each in batch
        ):
            raise ConnectionError("the database is gone")
        return super().run(batch)


async def entered(home: Gated) -> None:
    """Return when a batch waits at the gate. What is submitted then is queued in the loop's next turn."""
    assert await asyncio.to_thread(home.entered.wait, GUARD_SECONDS)


def opening_account(name: str) -> OpenAccount:
    return OpenAccount(account_id=name, currency="CNY", never_negative=False)


def test_many_callers_share_few_batches_and_each_gets_its_answer() -> None:
    async def call() -> list[int]:
        home = Gated()
        async with Front([home], SimulatedClock(START)) as front:
            first = asyncio.create_task(front.submit(opening_account("a0")))
            await entered(home)
            rest = [asyncio.create_task(front.submit(opening_account(f"a{n % 50}"))) for n in range(1, 101)]
            await asyncio.sleep(0)
            home.gate.set()
            outcomes = await asyncio.gather(first, *rest)
        assert [outcome.accepted for outcome in outcomes] == [True] * 50 + [False] * 51
        return home.batches

    assert asyncio.run(call()) == [1, 100]


def test_those_who_ask_together_are_answered_in_order() -> None:
    async def call() -> list[Outcome]:
        home = Gated()
        home.gate.set()
        async with Front([home], SimulatedClock(START)) as front:
            move = MoveMoney(transfer_id="t", from_id="a", to_id="b", currency="CNY", amount_minor=5)
            opens = [(opening_account("a"), None), (opening_account("b"), None)]
            return await ask_together(front, [*opens, (move, "k1"), (move, "k1-again")])

    assert [outcome.accepted for outcome in asyncio.run(call())] == [True, True, True, False]


def test_a_key_in_flight_conflicts_and_later_replays() -> None:
    async def call() -> None:
        home = Gated()
        async with Front([home], SimulatedClock(START)) as front:
            first = asyncio.create_task(front.submit(opening_account("a"), "k"))
            await entered(home)
            with pytest.raises(KeyInFlight, match=r"\[key_in_flight\]"):
                await front.submit(opening_account("a"), "k")
            home.gate.set()
            answered = await first
            replayed = await front.submit(opening_account("a"), "k")
            assert replayed.replayed_ids == tuple(fact.id for fact in answered.facts)

    asyncio.run(call())


def test_a_list_is_run_in_order_and_each_of_it_is_answered() -> None:
    async def call() -> None:
        home = Gated()
        async with Front([home], SimulatedClock(START), batch=3, waiting=6) as front:
            before = asyncio.create_task(front.submit(opening_account("z"), "taken"))
            await entered(home)
            move = MoveMoney(transfer_id="t", from_id="a", to_id="b", currency="CNY", amount_minor=5)
            asked = [
                Asked(opening_account("a"), "k1"),
                Asked(opening_account("b")),
                Asked(move, "k2"),
                Asked(opening_account("z"), "taken"),
                Asked(move, "k2"),
                Asked(opening_account("broken"), "k3"),
            ]
            with pytest.raises(Busy):
                await front.submit_all([*asked, asked[0]])
            running = asyncio.create_task(front.submit_all(asked))
            await asyncio.sleep(0)
            home.gate.set()
            answers = await running
            assert (await before).accepted
        codes = [each.refusal and each.refusal.code for each in answers if isinstance(each, Outcome)]
        assert codes == [None, None, None, "key_in_flight"]
        assert [type(each) for each in answers[4:]] == [ConnectionError, ConnectionError]
        assert home.batches == [1, 3, 2]

    asyncio.run(call())


def test_a_key_that_comes_twice_in_a_list_is_answered_as_it_was() -> None:
    async def call() -> list[Outcome | BaseException]:
        home = Gated()
        home.gate.set()
        async with Front([home], SimulatedClock(START)) as front:
            return await front.submit_all([Asked(opening_account("a"), "k")] * 2)

    first, second = asyncio.run(call())
    assert isinstance(first, Outcome)
    assert isinstance(second, Outcome)
    assert second.replayed_ids == tuple(fact.id for fact in first.facts)


def test_beyond_its_bound_the_front_refuses_at_once() -> None:
    async def call() -> None:
        home = Gated()
        async with Front([home], SimulatedClock(START), batch=1, waiting=2) as front:
            waiting = [asyncio.create_task(front.submit(opening_account("a")))]
            await entered(home)
            waiting += [asyncio.create_task(front.submit(opening_account(f"a{n}"))) for n in range(2)]
            await asyncio.sleep(0)
            with pytest.raises(Busy, match=r"2 requests wait already.*\[busy\]"):
                await front.submit(opening_account("z"))
            home.gate.set()
            assert all(outcome.accepted for outcome in await asyncio.gather(*waiting))

    asyncio.run(call())


def test_a_batch_that_fails_is_told_to_those_in_it_and_to_nobody_else() -> None:
    async def call() -> None:
        home = Gated()
        home.gate.set()
        async with Front([home], SimulatedClock(START)) as front:
            with pytest.raises(ConnectionError, match="the database is gone"):
                await front.submit(opening_account("broken"), "k")
            assert (await front.submit(opening_account("a"), "k")).accepted

    asyncio.run(call())


def test_what_was_accepted_before_the_end_is_answered_and_nothing_after_it() -> None:
    async def call() -> None:
        home = Gated()
        front = Front([home], SimulatedClock(START))
        async with front:
            last = asyncio.create_task(front.submit(opening_account("a")))
            await entered(home)
            home.gate.set()
        assert (await last).accepted
        with pytest.raises(Stopped, match=r"\[stopped\]"):
            await front.submit(opening_account("b"))

    asyncio.run(call())


def test_a_caller_that_gave_up_does_not_hinder_the_others() -> None:
    async def call() -> None:
        home = Gated()
        async with Front([home], SimulatedClock(START)) as front:
            gone = asyncio.create_task(front.submit(OpenPayLater(consumer_id="c1", currency="CNY")))
            stays = asyncio.create_task(front.submit(OpenPayLater(consumer_id="c2", currency="CNY")))
            await entered(home)
            gone.cancel()
            home.gate.set()
            assert (await stays).accepted
        assert home.row(Consumer, "c1") is not None

    asyncio.run(call())
