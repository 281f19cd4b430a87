"""Deadlines to the millisecond, quiet hours, and pauses."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.claims.model import RejectClaim
from holdfast.kernel.clock import DAY, HOUR, MINUTE, Duration, Instant
from holdfast.kernel.rows import FactBody
from holdfast.orders.facts import (
    AfterSalesUnanswered,
    CaptureNoticeAsked,
    OrderCancelled,
    OrderExpired,
    OrderReturned,
    ReminderDue,
    ShipmentOverdue,
)
from holdfast.orders.model import (
    AskAfterSales,
    AskReturn,
    ConfirmNotice,
    ConfirmOrder,
    DeliverOrder,
    OrderState,
    ShipOrder,
)
from holdfast.orders.rules import outside_quiet_hours
from holdfast.settlement.facts import (
    CaptureAsked,
    OrderCompleted,
    OrderWrittenOff,
    ProceedsReleased,
    ReserveReleased,
)
from holdfast.settlement.model import RecordCapture, RecordCaptureFailure
from holdfast.settlement.otherwise_facts import DebitDoubted
from one_market import FAILING, SILENT, START, OneMarket, of, placing, policy

Setup = Callable[[OneMarket], None]


def unconfirmed(market: OneMarket) -> None:
    market.do(placing(confirmed=False))


def placed(market: OneMarket) -> None:
    market.do(placing())


def promised(market: OneMarket) -> None:
    market.do(placing(ship_by=START + 5 * HOUR))


def late(market: OneMarket) -> None:
    placed(market)
    market.wait(48 * HOUR)


def shipped(market: OneMarket) -> None:
    market.do(placing(), ShipOrder(order_id="o1"))


def delivered(market: OneMarket) -> None:
    market.sell()


def noticed(market: OneMarket) -> None:
    market.sell()
    market.wait(6 * DAY, SILENT)
    market.do(ConfirmNotice(order_id="o1"))


def noticed_late(market: OneMarket) -> None:
    market.sell()
    market.wait(20 * DAY, SILENT)
    market.do(ConfirmNotice(order_id="o1"))


def asked(market: OneMarket) -> None:
    market.sell()
    market.do(AskAfterSales(order_id="o1", question="how?"))


def sent_back(market: OneMarket) -> None:
    market.sell()
    market.wait(DAY)
    market.do(AskReturn(order_id="o1"))


def captured(market: OneMarket) -> None:
    noticed(market)
    market.wait(DAY, SILENT)
    market.do(RecordCapture(order_id="o1"))


def overdue(market: OneMarket) -> None:
    noticed(market)
    market.wait(DAY, SILENT)
    market.do(RecordCaptureFailure(order_id="o1", reason="no money"))


def reminded(market: OneMarket) -> None:
    overdue(market)
    market.wait(DAY)


DEADLINES: list[tuple[Setup, str, Duration, type[FactBody]]] = [
    (unconfirmed, "full", 30 * DAY, OrderExpired),
    (placed, "full", 48 * HOUR, ShipmentOverdue),
    (promised, "full", 5 * HOUR, ShipmentOverdue),
    (late, "full", 48 * HOUR + 30 * DAY, OrderCancelled),
    (shipped, "full", 90 * DAY, OrderCancelled),
    (delivered, "full", 6 * DAY, CaptureNoticeAsked),
    (noticed, "full", 7 * DAY, CaptureAsked),
    (noticed_late, "full", 21 * DAY, CaptureAsked),
    (asked, "full", 48 * HOUR, AfterSalesUnanswered),
    (sent_back, "full", 11 * DAY, OrderReturned),
    (captured, "full", 15 * DAY, ProceedsReleased),
    (captured, "full", 15 * DAY, OrderCompleted),
    (captured, "delivery_plus(9)", 9 * DAY, ProceedsReleased),
    (captured, "rolling_reserve(15%, 30d)", 37 * DAY, ReserveReleased),
    (overdue, "full", 7 * DAY, ReminderDue),
    (reminded, "full", 14 * DAY, ReminderDue),
    (overdue, "full", 187 * DAY, OrderWrittenOff),
]


@pytest.mark.parametrize(
    ("setup", "release", "due", "kind"), DEADLINES, ids=lambda value: getattr(value, "__name__", str(value))
)
def test_a_deadline_comes_at_its_millisecond(
    setup: Setup, release: str, due: Duration, kind: type[FactBody]
) -> None:
    market = OneMarket(policy(release))
    setup(market)
    if market.now < START + due:
        assert not of(kind, market.until(START + due - 1, SILENT))
    facts = market.until(START + due, SILENT)
    assert [fact.at for fact in facts if isinstance(fact.body, kind)] == [START + due]
    assert len(of(kind, market.wait(MINUTE, SILENT))) == 0


def test_the_whole_trial_is_the_consumers() -> None:
    market = OneMarket()
    noticed(market)
    market.until(START + 7 * DAY - 1, SILENT)
    market.do(AskReturn(order_id="o1"))
    market = OneMarket()
    market.sell()
    market.until(START + 7 * DAY + 1, SILENT)
    assert market.refused(AskReturn(order_id="o1")) == "trial_over"


def test_a_return_cannot_catch_up_with_a_debit_on_its_way() -> None:
    market = OneMarket()
    noticed(market)
    market.until(START + 7 * DAY, SILENT)
    assert market.refused(AskReturn(order_id="o1")) == "debit_on_its_way"


def test_a_late_merchant_may_still_ship_for_a_while() -> None:
    market = OneMarket()
    late(market)
    market.wait(30 * DAY - 1)
    market.do(ShipOrder(order_id="o1"))
    assert market.order().state is OrderState.SHIPPED


def test_the_time_to_ship_runs_from_the_confirmation() -> None:
    market = OneMarket()
    unconfirmed(market)
    market.wait(10 * DAY)
    market.do(ConfirmOrder(order_id="o1"))
    assert market.order().ship_by == START + 10 * DAY + 48 * HOUR


def test_reminders_are_few_and_end_with_the_write_off() -> None:
    market = OneMarket()
    overdue(market)
    facts = market.wait(200 * DAY)
    assert [body.number for body in of(ReminderDue, facts)] == [1, 2, 3, 4]
    assert [body.owed_minor for body in of(ReminderDue, facts)] == [10_000] * 4
    assert market.order().state is OrderState.WRITTEN_OFF


def test_no_reminder_comes_in_the_quiet_hours() -> None:
    market = OneMarket()
    market.until(START + 14 * HOUR)  # 22:00 in China
    market.sell()
    facts = market.wait(60 * DAY, FAILING)
    hours = [(fact.at // HOUR + 8) % 24 for fact in facts if isinstance(fact.body, ReminderDue)]
    assert hours == [8, 8, 8, 8]


HOURS = st.integers(0, 23)


@given(st.integers(0, 60 * DAY), HOURS, HOURS, st.integers(0, 14))
def test_quiet_hours_move_to_their_end_and_no_further(after: int, first: int, last: int, zone: int) -> None:
    chosen = policy("full", quiet_from_hour=first, quiet_to_hour=last, zone="", utc_offset=zone * HOUR)
    at: Instant = START + after
    moved = outside_quiet_hours(at, chosen)

    def is_quiet(instant: Instant) -> bool:
        hour = (instant + zone * HOUR) % DAY // HOUR
        return first <= hour < last if first <= last else hour >= first or hour < last

    assert not is_quiet(moved)
    if is_quiet(at):
        assert at < moved <= at + DAY
        assert (moved + zone * HOUR) % DAY == last * HOUR
    else:
        assert moved == at


@pytest.mark.parametrize(
    ("setup", "due", "kind"),
    [
        (placed, 48 * HOUR, ShipmentOverdue),
        (late, 48 * HOUR + 30 * DAY, OrderCancelled),
        (shipped, 90 * DAY, OrderCancelled),
        (delivered, 6 * DAY, CaptureNoticeAsked),
        (noticed, 7 * DAY, CaptureAsked),
        (asked, 48 * HOUR, AfterSalesUnanswered),
        (sent_back, 11 * DAY, OrderReturned),
        (captured, 15 * DAY, OrderCompleted),
        (overdue, 187 * DAY, OrderWrittenOff),
        (reminded, 14 * DAY, ReminderDue),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_claim_pauses_every_deadline_and_its_end_resumes_it(
    setup: Setup, due: Duration, kind: type[FactBody]
) -> None:
    market = OneMarket()
    setup(market)
    market.wait(HOUR, SILENT)
    market.claim(1)
    assert market.order().wake_at is None
    assert not of(kind, market.wait(400 * DAY, SILENT))
    market.do(RejectClaim(claim_id="k1", reason="as shown"))
    assert not of(kind, market.until(START + due + 400 * DAY - 1, SILENT))
    facts = market.until(START + due + 400 * DAY, SILENT)
    assert [fact.at for fact in facts if isinstance(fact.body, kind)] == [START + due + 400 * DAY]


def test_where_policy_stops_nothing_a_claim_moves_no_deadline() -> None:
    market = OneMarket(policy("full", claim_stops_capture=False))
    noticed(market)
    market.claim(1)
    market.wait(6 * HOUR, SILENT)
    market.do(RejectClaim(claim_id="k1", reason="as shown"))
    assert of(CaptureAsked, market.until(START + 7 * DAY, SILENT))


def test_a_delivery_during_a_claim_begins_the_whole_trial_when_the_claim_ends() -> None:
    market = OneMarket()
    shipped(market)
    market.claim(1)
    market.wait(5 * DAY)
    market.do(DeliverOrder(order_id="o1"))
    market.wait(3 * DAY)
    market.do(RejectClaim(claim_id="k1", reason="as shown"))
    assert market.order().capture_at == START + (5 + 3 + 7) * DAY


def test_without_a_sent_notice_there_is_no_debit() -> None:
    market = OneMarket()
    market.sell()
    facts = market.wait(100 * DAY, SILENT)
    assert len(of(CaptureNoticeAsked, facts)) == 1
    assert not of(CaptureAsked, facts)
    assert of(DebitDoubted, market.do(RecordCapture(order_id="o1")))
    assert market.order().captured_minor == 0
    failure = RecordCaptureFailure(order_id="o1", reason="no money")
    assert market.refused(failure) == "capture_not_asked"


def test_the_notice_names_what_is_owed_and_when() -> None:
    market = OneMarket()
    market.sell()
    [notice] = of(CaptureNoticeAsked, market.wait(6 * DAY, SILENT))
    assert (notice.amount_minor, notice.capture_at) == (10_000, START + 7 * DAY)
