"""Goods that were taken back: played as what it is at its time, whatever else the history tells."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from replay_markets import START, history, order, play

from holdfast.claims.model import OpenClaim
from holdfast.engine.memory import Memory
from holdfast.importers.history import HistoryOrder
from holdfast.kernel.clock import DAY, HOUR, Instant
from holdfast.orders.facts import OrderCancelled, OrderReturned
from holdfast.orders.model import AskReturn, CancelOrder, ConfirmReturn, Order, OrderState
from holdfast.policy_files import reading
from holdfast.replay.course import course, event_of
from holdfast.replay.results import PolicyResult
from holdfast.replay.tally import Tally
from holdfast.replay.world import Assumptions
from holdfast.settlement.facts import ClaimPaid
from thorough import examples

FULL = reading.named("full")
DELIVERED = START + 3 * DAY


def kinds(one: HistoryOrder, gone: Instant | None = None, policy: str = "full") -> list[str]:
    """The commands after the delivery, or after shipping where it did not come to that."""
    commands = course(one, "CNY", gone, reading.named(policy), Assumptions())
    names = [type(each.command).__name__ for each in commands]
    return [name for name in names if name not in {"PlaceOrder", "ShipOrder", "DeliverOrder"}]


def one(**changes: Any) -> HistoryOrder:
    return order(1, placed_at=START)._replace(**changes)  # pyright: ignore[reportArgumentType]


BAD = {"reviewed_at": DELIVERED + DAY, "score": 1}
HALF = {"reviewed_at": DELIVERED + DAY, "score": 2}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"shipped_at": None, "delivered_at": None, "cancelled_at": START + HOUR}, ["CancelOrder"]),
        ({"delivered_at": None, "cancelled_at": START + 2 * DAY}, ["CancelOrder"]),
        ({"cancelled_at": DELIVERED}, ["AskReturn", "ConfirmReturn"]),
        ({"cancelled_at": DELIVERED + 7 * DAY}, ["AskReturn", "ConfirmReturn"]),
        ({"cancelled_at": DELIVERED + 7 * DAY + 1}, ["OpenClaim"]),
        ({"cancelled_at": DELIVERED + 60 * DAY}, ["OpenClaim"]),
        ({"cancelled_at": DELIVERED + 5 * DAY, **BAD}, ["OpenClaim"]),
        ({"cancelled_at": DELIVERED + 5 * DAY, **HALF}, ["AskReturn", "ConfirmReturn", "OpenClaim"]),
        ({"cancelled_at": DELIVERED + HOUR, **BAD}, ["AskReturn", "ConfirmReturn"]),
        ({"delivered_at": None, "cancelled_at": START + 20 * DAY, **BAD}, ["OpenClaim"]),
    ],
)
def test_what_is_played(changes: dict[str, object], expected: list[str]) -> None:
    assert kinds(one(**changes)) == expected


def test_a_merchant_that_is_gone_confirms_no_return() -> None:
    assert kinds(one(cancelled_at=DELIVERED + DAY), gone=DELIVERED) == ["AskReturn"]


def test_the_rest_is_claimed_after_a_claim_for_a_part_is_decided() -> None:
    back = one(cancelled_at=DELIVERED + 11 * DAY, **HALF)
    commands = [(each.at, each.command) for each in course(back, "CNY", None, FULL, Assumptions())]
    claims = {each.claim_id: (at, each.amount_minor) for at, each in commands if isinstance(each, OpenClaim)}
    assert claims["o0001/taken-back"] == (DELIVERED + 11 * DAY, 5_000)
    assert claims["o0001/review"] == (DELIVERED + DAY, 5_000)


def test_commands_of_the_world_are_no_events_of_the_history() -> None:
    claim = OpenClaim(claim_id="o1/run-away", order_id="o1", amount_minor=1, reason="gone")
    assert event_of(claim) is None
    assert [event_of(kind(order_id="o1")) for kind in (AskReturn, ConfirmReturn)] == [
        ("taken_back", "o1")
    ] * 2
    assert event_of(CancelOrder(order_id="o1", reason="x")) == ("taken_back", "o1")


def played(*orders: HistoryOrder, policy: str = "full") -> tuple[Memory, PolicyResult]:
    tally = Tally({})
    home = play(history(*orders), reading.named(policy), lambda _home: tally.listen)
    return home, tally.result(policy, ledger_sum_minor=0, seconds=0.0)


@pytest.mark.parametrize("policy", ["full", "today"])
def test_goods_back_in_the_trial_are_a_return_then_and_nothing_is_debited(policy: str) -> None:
    home, found = played(one(cancelled_at=DELIVERED + 3 * DAY), policy=policy)
    [ended] = [fact for fact in home.facts() if isinstance(fact.body, OrderReturned)]
    assert ended.at == DELIVERED + 3 * DAY
    assert (found.captured_minor, found.claims, found.not_taken) == (0, 0, [])


def test_a_parcel_taken_back_on_its_way_ends_the_order_then() -> None:
    home, found = played(one(delivered_at=None, cancelled_at=START + 2 * DAY))
    [ended] = [fact for fact in home.facts() if isinstance(fact.body, OrderCancelled)]
    assert ended.at == START + 2 * DAY
    assert (found.captured_minor, found.not_taken) == (0, [])


def test_goods_back_after_the_debit_are_paid_back() -> None:
    home, found = played(one(cancelled_at=DELIVERED + 10 * DAY))
    [paid] = [fact.body for fact in home.facts() if isinstance(fact.body, ClaimPaid)]
    assert (paid.amount_minor, paid.missing_minor) == (10_000, 0)
    assert (found.captured_minor, found.compensated_minor, found.not_taken) == (10_000, 10_000, [])


def test_goods_back_when_no_claim_is_taken_any_more_are_told() -> None:
    _, found = played(one(cancelled_at=DELIVERED + 400 * DAY))
    [told] = found.not_taken
    assert (told.event, told.code) == ("taken_back", "claim_too_late")
    assert found.cut_short == {"taken_back": 1}


DAYS = st.integers(0, 240)


@given(
    delivered=st.none() | st.integers(1, 30),
    back=DAYS,
    reviewed=st.none() | DAYS,
    score=st.integers(1, 5),
    policy=st.sampled_from(["full", "covered(0.99)", "today"]),
)
@settings(max_examples=examples(60), deadline=None)
def test_goods_back_are_played_or_told(
    delivered: int | None, back: int, reviewed: int | None, score: int, policy: str
) -> None:
    """The consumer has paid nothing in the end, or has claimed it, or a reject says why not."""
    arrived = None if delivered is None else START + (1 + delivered) * DAY
    at = (START + DAY if arrived is None else arrived) + back * DAY
    review = {} if reviewed is None else {"reviewed_at": START + reviewed * DAY, "score": score}
    home, found = played(one(delivered_at=arrived, cancelled_at=at, **review), policy=policy)
    kept = home.row(Order, "o0001")
    assert kept is not None
    ended = kept.state in {OrderState.CANCELLED, OrderState.RETURNED}
    assert found.not_taken or ended or kept.awarded_minor == kept.captured_minor


def test_a_refused_order_is_told_once_and_its_later_events_are_not() -> None:
    tally = Tally({})
    cheap = replace(FULL, consumer_limit_minor=1)
    play(history(one()), cheap, lambda _home: tally.listen)
    found = tally.result("full", ledger_sum_minor=0, seconds=0.0)
    assert (found.refusals, found.refused_minor, found.cut_short) == ({"limit_exceeded": 1}, 10_000, {})
    [told] = found.not_taken
    assert (told.event, told.later) == ("placed", 0)
