"""The rules of orders: which may be placed, and their next deadline as a pure function of their state."""

from collections.abc import Iterator

from holdfast.kernel import zones
from holdfast.kernel.clock import DAY, HOUR, Duration, Instant, iso
from holdfast.kernel.states import advance
from holdfast.orders.model import TRANSITIONS, Order, OrderState, PlaceOrder, Timer
from holdfast.orders.refusals import (
    CaptureOnItsWay,
    Disputed,
    OrderAmountMustBePositive,
    OrderCurrencyMismatch,
    ParcelOnItsWay,
    ShipByPassed,
    TrialOver,
)
from holdfast.parties.model import Consumer, Merchant
from holdfast.policy.model import Policy


def step(order: Order, event: str) -> OrderState:
    """Return the state after an event.

    Raises:
        WrongState: it does not apply now.
    """
    return advance(TRANSITIONS, order.state, event, f"order:{order.id}")


def check_amount(command: PlaceOrder, merchant: Merchant, consumer: Consumer) -> None:
    """Refuse an amount that is not positive, or a currency that is not that of both."""
    if command.amount_minor <= 0:
        raise OrderAmountMustBePositive(f"order:{command.order_id}", amount=command.amount_minor)
    for party, kept in ((Merchant.called, merchant.currency), (Consumer.called, consumer.currency)):
        if kept != command.currency:
            raise OrderCurrencyMismatch(
                f"order:{command.order_id}", asked=command.currency, party=party, kept=kept
            )


def ship_by(command: PlaceOrder, policy: Policy, now: Instant) -> Instant:
    """Return when the merchant must have shipped, or performed: as promised, or as policy says."""
    if command.ship_by is None:
        return max(now, command.not_before or now) + policy.ship_within
    if command.ship_by < now:
        raise ShipByPassed(f"order:{command.order_id}", ship_by=iso(command.ship_by))
    return command.ship_by


def check_not_disputed(order: Order, policy: Policy) -> None:
    """Refuse to go on while a claim stops the order."""
    if order.disputed_at is not None and policy.claim_stops_capture:
        raise Disputed(f"order:{order.id}", since=iso(order.disputed_at))


def check_no_claim(order: Order) -> None:
    """Refuse, whatever policy stops, while a claim is about the whole order."""
    if order.disputed_at is not None:
        raise Disputed(f"order:{order.id}", since=iso(order.disputed_at))


def check_parcel(order: Order, *, taken_back: bool) -> None:
    """Refuse to end an order whose parcel may still arrive: the goods would be there, and nothing owed."""
    if order.state is OrderState.SHIPPED and not taken_back:
        raise ParcelOnItsWay(f"order:{order.id}", shipped=iso(order.shipped_at or 0))


def in_flight(order: Order) -> bool:
    """Tell whether the provider was asked for the debit and has not answered."""
    return order.state is OrderState.DELIVERED and order.capture_asked_at is not None


def check_not_in_flight(order: Order) -> None:
    """Refuse to change what is owed while the provider debits it."""
    if in_flight(order):
        raise CaptureOnItsWay(f"order:{order.id}", asked=iso(order.capture_asked_at or 0))


def check_trial(order: Order, policy: Policy, now: Instant) -> None:
    """Refuse a return after the trial.

    It is told from the window, which begins with it and which pauses move: one that began after the trial
    does not open it again, as the trial's end then stays before the pause's.
    """
    ends = (order.window_ends_at or 0) - policy.claim_window + policy.trial
    if now > ends:
        raise TrialOver(f"order:{order.id}", ended=iso(ends))


def _placed(order: Order, policy: Policy) -> Iterator[tuple[Instant, Timer]]:
    yield from _asked(order, policy)
    if order.confirmed_at is None:
        yield order.placed_at + policy.confirm_within, Timer.EXPIRE
    elif not order.ship_late:
        yield order.ship_by, Timer.SHIP_LATE
    else:
        yield order.ship_by + policy.ship_grace, Timer.CANCEL_UNSHIPPED


def _shipped(order: Order, policy: Policy) -> Iterator[tuple[Instant, Timer]]:
    yield from _asked(order, policy)
    if order.deliver_by is not None:
        yield order.deliver_by, Timer.LOST


def _delivered(order: Order, policy: Policy) -> Iterator[tuple[Instant, Timer]]:
    yield from _asked(order, policy)
    if order.return_asked_at is not None or order.capture_at is None:
        return
    if order.notice_asked_at is None:
        yield order.capture_at - policy.notice_before, Timer.NOTICE
    elif order.notice_sent_at is None:
        yield from _unanswered(order, order.notice_asked_at, policy.notice_answer_within)
    elif order.capture_asked_at is None:
        yield order.capture_at, Timer.CAPTURE
    else:
        yield from _unanswered(order, order.capture_asked_at, policy.capture_answer_within)


def _unanswered(order: Order, asked_at: Instant, within: Duration) -> Iterator[tuple[Instant, Timer]]:
    """Yield when it is told that no answer came: once for each time that something is asked for."""
    if order.late_asked_at != asked_at:
        yield asked_at + within, Timer.UNANSWERED


def _asked(order: Order, policy: Policy) -> Iterator[tuple[Instant, Timer]]:
    if order.return_asked_at is not None and order.claim_id is None:
        yield order.return_asked_at + policy.return_confirm, Timer.RETURN
    if order.after_sales_asked_at is not None:
        yield order.after_sales_asked_at + policy.after_sales_answer, Timer.AFTER_SALES


def _overdue(order: Order, policy: Policy) -> Iterator[tuple[Instant, Timer]]:
    since = order.overdue_at or 0
    if order.reminders < policy.reminders:
        due = since + order.reminders * policy.reminder_every
        yield outside_quiet_hours(due, policy), Timer.REMIND
    if order.claim_id is None:
        yield since + policy.write_off_after, Timer.WRITE_OFF


def _captured(order: Order, policy: Policy) -> Iterator[tuple[Instant, Timer]]:
    yield from _asked(order, policy)
    yield from _reserved(order, policy)
    ends = order.window_ends_at or 0
    if order.held_minor and order.release_at is not None and order.release_at < ends:
        yield order.release_at, Timer.RELEASE
    if order.return_asked_at is None and order.claim_id is None:  # what is claimed in time stays covered
        yield ends, Timer.COMPLETE


def _reserved(order: Order, _policy: Policy) -> Iterator[tuple[Instant, Timer]]:
    if order.reserve_minor and order.reserve_until is not None:
        yield order.reserve_until, Timer.RESERVE


def _completed(order: Order, policy: Policy) -> Iterator[tuple[Instant, Timer]]:
    yield from _reserved(order, policy)
    if order.held_minor and order.release_at is not None:
        yield order.release_at, Timer.RELEASE


_TIMERS = {
    OrderState.PLACED: _placed,
    OrderState.SHIPPED: _shipped,
    OrderState.DELIVERED: _delivered,
    OrderState.OVERDUE: _overdue,
    OrderState.CAPTURED: _captured,
    OrderState.COMPLETED: _completed,
    OrderState.RETURNED: _reserved,
}


def next_timer(order: Order, policy: Policy) -> tuple[Instant, Timer] | None:
    """Return when the order wakes next and why; None while it is disputed, or when nothing is to come."""
    if order.disputed_at is not None and policy.claim_stops_capture:
        return None
    timers = _TIMERS.get(order.state)
    return None if timers is None else min(timers(order, policy), default=None)


def outside_quiet_hours(at: Instant, policy: Policy) -> Instant:
    """Return `at`, or the first instant after the quiet hours that it falls into, by the consumers' clocks.

    Quiet is what the clock on the wall says it is, also where it leaps over an hour or shows one twice: the
    quiet hours are counted anew from each change of the clock.
    """
    place = zones.zone(policy.local_zone)
    while left := _quiet_for(at + zones.offset_at(at, place), policy):
        at = zones.changed(at, at + left, place) or at + left
    return at


def _quiet_for(shown: Duration, policy: Policy) -> Duration:
    """Return the rest of the quiet hours at a local time, which is in milliseconds since the epoch."""
    since = (shown - policy.quiet_from_hour * HOUR) % DAY
    return max((policy.quiet_to_hour - policy.quiet_from_hour) * HOUR % DAY - since, 0)
