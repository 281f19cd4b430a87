"""What may be placed, what was shown, and what is owed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from histories import LISTING
from holdfast.claims.model import OpenClaim, RejectClaim
from holdfast.kernel.clock import DAY, HOUR
from holdfast.kernel.rows import Command
from holdfast.orders.facts import OrderCancelled, OrderPlaced, OwedReduced
from holdfast.orders.model import (
    AnswerAfterSales,
    AskAfterSales,
    AskReturn,
    CancelOrder,
    ConfirmNotice,
    ConfirmOrder,
    ConfirmReturn,
    DeliverOrder,
    Listing,
    OrderState,
    ReduceOwed,
    ShipOrder,
    Snapshot,
)
from holdfast.parties.model import (
    ClosePayLater,
    Consumer,
    OpenPayLater,
    PayLaterClosed,
    PayLaterOpened,
    RegisterMerchant,
    ReinstateMerchant,
    SetConsumerLimit,
    SuspendMerchant,
)
from holdfast.settlement.model import RecordCaptureFailure
from one_market import SILENT, START, OneMarket, of, placing, policy, sale


def registering(**changes: object) -> RegisterMerchant:
    whole = {"merchant_id": "m9", "name": "Shop", "currency": "CNY", "owner_ids": ("p9",)}
    return RegisterMerchant(**{**whole, **changes})  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (placing(order_id=""), "bad_id"),
        (placing(order_id="a b"), "bad_id"),
        (placing(order_id="x" * 129), "bad_id"),
        (placing(merchant_id="nobody"), "not_found"),
        (placing(consumer_id="nobody"), "not_found"),
        (placing(amount_minor=0), "order_amount_must_be_positive"),
        (placing(amount_minor=-1), "order_amount_must_be_positive"),
        (placing(currency="JPY"), "order_currency_mismatch"),
        (placing(ship_by=START - 1), "ship_by_passed"),
        (placing(amount_minor=500_001), "limit_exceeded"),
        (registering(merchant_id="m1"), "already_registered"),
        (registering(owner_ids=()), "owner_needed"),
        (registering(owner_ids=("",)), "bad_id"),
        (registering(merchant_id="tab\there"), "bad_id"),
        (registering(owner_ids=("zhou\u3164",)), "bad_id"),
        (registering(owner_ids=("Ｚｈｏｕ",)), "bad_id"),
        (registering(currency="XYZ"), "unknown_currency"),
        (registering(currency="HRK"), "currency_withdrawn"),
        (OpenPayLater(consumer_id="c9", currency="HRK"), "currency_withdrawn"),
        (OpenPayLater(consumer_id="c1", currency="CNY"), "already_registered"),
        (OpenPayLater(consumer_id="c 9", currency="CNY"), "bad_id"),
        (OpenPayLater(consumer_id="c9", currency="cny"), "unknown_currency"),
        (SetConsumerLimit(consumer_id="c1", limit_minor=-1), "limit_must_not_be_negative"),
        (SetConsumerLimit(consumer_id="c9", limit_minor=1), "not_found"),
        (ClosePayLater(consumer_id="c9"), "not_found"),
        (SuspendMerchant(merchant_id="m9", reason="complaints"), "not_found"),
        (ReinstateMerchant(merchant_id="m1"), "wrong_state"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_may_not_be_is_refused(command: Command, code: str) -> None:
    assert OneMarket().refused(command) == code


def test_an_order_is_placed_once() -> None:
    market = OneMarket()
    market.do(placing())
    assert market.refused(placing(amount_minor=5)) == "order_exists"


def test_pay_later_is_off_until_it_is_opened_and_is_closed_with_one_call() -> None:
    market = OneMarket()
    market.sell(amount=300)
    closed = of(PayLaterClosed, market.do(ClosePayLater(consumer_id="c1")))
    assert closed == [PayLaterClosed(consumer_id="c1", outstanding_minor=300)]
    assert market.refused(placing(order_id="o2")) == "not_opted_in"
    market.do(SetConsumerLimit(consumer_id="c1", limit_minor=700))
    opened = of(PayLaterOpened, market.do(OpenPayLater(consumer_id="c1", currency="CNY")))
    assert opened == [PayLaterOpened(consumer_id="c1", currency="CNY", limit_minor=700)]
    assert market.row(Consumer, "c1").outstanding_minor == 300


def test_the_limit_counts_all_that_is_outstanding() -> None:
    market = OneMarket()
    market.do(SetConsumerLimit(consumer_id="c1", limit_minor=1_000))
    market.sell(amount=600)
    over = market.refusal(placing(order_id="o2", amount_minor=401))
    assert over.what == "600 is outstanding, 401 would be added, the limit is 1000 minor units"
    market.do(placing(order_id="o2", amount_minor=400))
    market.do(SetConsumerLimit(consumer_id="c1", limit_minor=0), CancelOrder(order_id="o2", reason="x"))
    assert market.row(Consumer, "c1").outstanding_minor == 600


def test_a_suspended_merchant_takes_no_orders_until_it_is_reinstated() -> None:
    market = OneMarket()
    market.do(SuspendMerchant(merchant_id="m1", reason="complaints"))
    assert market.refused(placing()) == "merchant_not_active"
    assert market.refused(SuspendMerchant(merchant_id="m1", reason="again")) == "wrong_state"
    market.do(ReinstateMerchant(merchant_id="m1"), placing())


def test_what_was_shown_is_kept_once_whatever_the_page_says_later() -> None:
    market = OneMarket()
    changed = replace(LISTING, text="1.5 L")
    market.do(placing(), placing(order_id="o2"), placing(order_id="o3", listing=changed))
    shown = {key: market.row(Snapshot, market.order(key).snapshot_id).listing for key in ("o1", "o2", "o3")}
    assert shown == {"o1": LISTING, "o2": LISTING, "o3": changed}
    assert len(list(market.home.rows(Snapshot))) == 2


LISTINGS = st.builds(
    Listing,
    title=st.text(max_size=5),
    text=st.text(max_size=5),
    price_minor=st.integers(0, 9),
    photo_hashes=st.lists(st.text(max_size=2), max_size=2).map(tuple),
    promises=st.lists(st.text(max_size=2), max_size=2).map(tuple),
    refund_terms=st.text(max_size=2),
)


@given(LISTINGS, LISTINGS)
def test_another_listing_has_another_digest(one: Listing, other: Listing) -> None:
    assert (one.digest() == other.digest()) is (one == other)


def test_an_order_that_is_not_confirmed_is_not_shipped() -> None:
    market = OneMarket()
    market.do(placing(confirmed=False))
    assert market.refused(ShipOrder(order_id="o1")) == "not_confirmed"
    market.do(ConfirmOrder(order_id="o1"))
    assert market.refused(ConfirmOrder(order_id="o1")) == "already_confirmed"
    market.do(ShipOrder(order_id="o1"))


def test_an_order_remembers_the_policy_under_which_it_was_placed() -> None:
    market = OneMarket()
    market.do(placing())
    later = policy("full", trial=3 * DAY)
    market.home.adopt(later, market.now)
    market.do(*sale("o1", "m1", "c1", 1, 3)[1:])
    market.sell("o2")
    assert market.order("o1").capture_at == START + 7 * DAY
    assert market.order("o2").capture_at == START + 3 * DAY
    placed = of(OrderPlaced, market.home.facts())
    assert [body.policy_version for body in placed] == [policy("full").version, later.version]


def test_what_is_owed_only_goes_down() -> None:
    market = OneMarket()
    market.sell()
    for asked in (10_000, 10_001, -1):
        lower = ReduceOwed(order_id="o1", owed_minor=asked, reason="kindness")
        assert market.refused(lower) == "owed_only_goes_down"
    [lowered] = of(OwedReduced, market.do(ReduceOwed(order_id="o1", owed_minor=4_000, reason="a scratch")))
    assert (lowered.owed_minor, lowered.by_minor) == (4_000, 6_000)
    assert market.row(Consumer, "c1").outstanding_minor == 4_000
    market.do(ReduceOwed(order_id="o1", owed_minor=0, reason="kindness"))
    assert market.order().state is OrderState.CANCELLED


def test_what_is_owed_does_not_change_while_it_is_debited() -> None:
    market = OneMarket()
    market.sell()
    market.wait(6 * DAY, SILENT)
    market.do(ConfirmNotice(order_id="o1"))
    market.wait(DAY, SILENT)
    lower = ReduceOwed(order_id="o1", owed_minor=1, reason="kindness")
    assert market.refused(lower) == "debit_on_its_way"
    market.do(RecordCaptureFailure(order_id="o1", reason="no money"), lower)
    assert market.balance("consumer/c1/owed/CNY") == -1


def test_a_cancelled_order_frees_the_limit() -> None:
    market = OneMarket()
    market.do(placing())
    [cancelled] = of(OrderCancelled, market.do(CancelOrder(order_id="o1", reason="changed my mind")))
    assert cancelled.released_minor == 10_000
    assert market.row(Consumer, "c1").outstanding_minor == 0


def test_a_parcel_on_its_way_ends_its_order_only_when_it_was_taken_back() -> None:
    market = OneMarket()
    market.do(placing(), ShipOrder(order_id="o1"))
    assert market.refused(CancelOrder(order_id="o1", reason="changed my mind")) == "parcel_on_its_way"
    ends = CancelOrder(order_id="o1", reason="refused at the door", taken_back=True)
    [cancelled] = of(OrderCancelled, market.do(ends))
    assert (cancelled.reason, cancelled.released_minor) == ("refused at the door", 10_000)
    assert market.row(Consumer, "c1").outstanding_minor == 0
    assert market.order().wake_at is None
    market.do(DeliverOrder(order_id="o1"))  # it came after all: told, and owed for no more
    assert (market.order().state, market.order().owed_minor) == (OrderState.CANCELLED, 0)
    assert market.refused(DeliverOrder(order_id="o1")) == "arrived_already"


def test_a_claim_on_a_parcel_ends_with_the_parcel() -> None:
    market = OneMarket()
    claim = OpenClaim(claim_id="k1", order_id="o1", amount_minor=10_000, reason="never came")
    market.do(placing(), ShipOrder(order_id="o1"), claim)
    market.do(CancelOrder(order_id="o1", reason="lost and found by the sender", taken_back=True))
    assert market.order().claim_id is None
    assert market.refused(RejectClaim(claim_id="k1", reason="x")) == "wrong_state"


def test_an_after_sales_request_is_asked_once_at_a_time_and_answered_once() -> None:
    market = OneMarket()
    market.sell()
    asking, answering = (
        AskAfterSales(order_id="o1", question="how?"),
        AnswerAfterSales(order_id="o1", answer="so"),
    )
    assert market.refused(answering) == "nothing_asked"
    market.do(asking)
    assert market.refused(asking) == "already_asked"
    market.do(answering, asking)
    assert market.order().after_sales_asked_at == START


def test_a_return_is_asked_once_and_ends_the_order_unpaid() -> None:
    market = OneMarket()
    market.sell()
    assert market.refused(ConfirmReturn(order_id="o1")) == "nothing_asked"
    market.do(AskReturn(order_id="o1"))
    assert market.refused(AskReturn(order_id="o1")) == "already_asked"
    market.do(ConfirmReturn(order_id="o1"))
    assert market.order().state is OrderState.RETURNED
    assert market.row(Consumer, "c1").outstanding_minor == 0
    assert not market.balance("psp/CNY")


def test_a_return_waits_while_a_claim_is_open() -> None:
    for stops in (True, False):
        market = OneMarket(policy("full", claim_stops_capture=stops))
        market.sell()
        market.do(AskReturn(order_id="o1"))
        market.claim(100)
        assert market.refused(ConfirmReturn(order_id="o1")) == "disputed"
        market.wait(11 * DAY)
        assert market.order().state is OrderState.DELIVERED
    market = OneMarket()
    market.sell()
    market.claim(100)
    assert market.refused(AskReturn(order_id="o1")) == "disputed"


def test_a_claim_does_not_eat_up_the_trial() -> None:
    market = OneMarket()
    market.sell()
    market.wait(6 * DAY, SILENT)
    market.claim(100)
    market.wait(20 * DAY)
    market.do(RejectClaim(claim_id="k1", reason="as shown"))
    market.wait(12 * HOUR, SILENT)
    market.do(AskReturn(order_id="o1"))


def test_the_trial_is_not_opened_again_by_a_later_claim() -> None:
    market = OneMarket()
    market.sell_captured()
    market.wait(DAY)
    market.claim(100)
    market.wait(20 * DAY)
    market.do(RejectClaim(claim_id="k1", reason="as shown"))
    assert market.refused(AskReturn(order_id="o1")) == "trial_over"


def test_a_notice_is_confirmed_once_when_it_was_asked() -> None:
    market = OneMarket()
    market.sell()
    assert market.refused(ConfirmNotice(order_id="o1")) == "nothing_asked"
    market.wait(6 * DAY, SILENT)
    market.do(ConfirmNotice(order_id="o1"))
    assert market.refused(ConfirmNotice(order_id="o1")) == "nothing_asked"


def test_a_notice_that_is_late_moves_the_debit() -> None:
    market = OneMarket()
    market.sell()
    market.until(START + 6 * DAY + 5 * HOUR, SILENT)
    market.do(ConfirmNotice(order_id="o1"))
    assert market.order().capture_at == START + 7 * DAY + 5 * HOUR


def test_who_opens_pay_later_again_keeps_its_currency() -> None:
    market = OneMarket()
    market.do(ClosePayLater(consumer_id="c1"))
    assert market.refused(OpenPayLater(consumer_id="c1", currency="JPY")) == "currency_mismatch"
    market.do(OpenPayLater(consumer_id="c1", currency="CNY"))
    assert market.row(Consumer, "c1").opted_in
