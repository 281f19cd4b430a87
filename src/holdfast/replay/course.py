"""The course of one order: the events of its history as commands, each with the column that tells it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from holdfast.claims.model import OpenClaim
from holdfast.engine.execution import Submission
from holdfast.importers.history import HistoryOrder
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Command
from holdfast.orders.model import (
    AskReturn,
    CancelOrder,
    ConfirmReturn,
    DeliverOrder,
    Listing,
    Part,
    PlaceOrder,
    ReduceOwed,
    ShipOrder,
)
from holdfast.orders.parts import SplitOrder
from holdfast.orders.services import Line, PerformOrder
from holdfast.policy.model import Policy
from holdfast.replay.money_back import REFUNDED, MoneyBack
from holdfast.replay.refunds import money_back
from holdfast.replay.world import Assumptions
from holdfast.settlement.model import Refund

_REVIEW = "/review"
_TAKEN_BACK = "/taken-back"

COLUMNS = {
    "placed": "order_id",
    "shipped": "shipped_at",
    "delivered": "delivered_at",
    "taken_back": "cancelled_at",
    "refunded": "refunded_at",
    "claimed": "score",
}
"""The events of a history, and the column of the plain form in which each stands."""

_EVENTS: dict[type[Command], str] = {
    PlaceOrder: "placed",
    SplitOrder: "placed",
    PerformOrder: "delivered",
    ShipOrder: "shipped",
    DeliverOrder: "delivered",
    CancelOrder: "taken_back",
    AskReturn: "taken_back",
    ConfirmReturn: "taken_back",
}


class Event(NamedTuple):
    """An event of the history: a key of `COLUMNS`, and the order's id."""

    name: str
    order_id: str


def event_of(command: Command) -> Event | None:
    """Return the event of the history that a command plays, None where the world made it up."""
    if isinstance(command, OpenClaim):
        for ending, name in ((_REVIEW, "claimed"), (_TAKEN_BACK, "taken_back")):
            if command.claim_id == command.order_id + ending:
                return Event(name, command.order_id)
        return None
    if isinstance(command, ReduceOwed | Refund):
        return Event("refunded", command.order_id) if command.reason == REFUNDED else None
    if isinstance(command, SplitOrder):
        return Event("placed", command.parts[0].id)
    name = _EVENTS.get(type(command))
    return None if name is None else Event(name, str(getattr(command, "order_id")))  # noqa: B009 - by its name


def course(
    order: HistoryOrder,
    currency: str,
    gone: Instant | None,
    policy: Policy,
    assumptions: Assumptions,
    parts: Sequence[HistoryOrder] = (),
) -> Iterator[Submission]:
    """Yield an order's events as they follow each other; a merchant that is `gone` ships nothing more.

    Its `parts` are split off as soon as they were placed; what happens to them then is their own course.
    A refund lowers what is owed; where that is debited by then, the world refunds instead.
    """
    if order.part_of is None:
        yield Submission(_placing(order, currency, sum(part.amount_minor for part in parts)), order.placed_at)
    for part in parts:
        yield Submission(SplitOrder(order_id=order.id, parts=(_part(part),)), part.placed_at)
    back = money_back(order, gone, assumptions, parts)
    shipped = order.delivered_at if order.shipped_at is None or order.service else order.shipped_at
    if shipped is not None and gone is not None and shipped >= gone:
        shipped = None
    if shipped is not None:
        yield from _going(order, shipped)
    yield from _owing_less(order, back, policy)
    if order.cancelled_at is not None:
        if shipped is not None and order.delivered_at is not None:
            yield from _goods_back(order, order.cancelled_at, back, gone, policy)
        elif back.taken_by(order.cancelled_at) < order.amount_minor:
            sent = shipped is not None and not order.service
            command = CancelOrder(order_id=order.id, reason=_REASONS[sent], taken_back=sent)
            yield Submission(command, order.cancelled_at)
    if back.review is not None:
        claim = OpenClaim(
            claim_id=order.id + _REVIEW,
            order_id=order.id,
            amount_minor=back.review.amount_minor,
            reason=f"review of {order.score}",
        )
        yield Submission(claim, back.review.at)


_REASONS = {False: "cancelled in the history", True: "taken back on its way in the history"}


def _going(order: HistoryOrder, shipped: Instant) -> Iterator[Submission]:
    """Yield that goods are shipped, and arrive; that a service is performed."""
    if order.service:
        line = Line(item=order.title or order.id, amount_minor=order.amount_minor)
        yield Submission(PerformOrder(order_id=order.id, lines=(line,)), shipped)
        return
    yield Submission(ShipOrder(order_id=order.id), shipped)
    if order.delivered_at is not None:
        yield Submission(DeliverOrder(order_id=order.id), max(order.delivered_at, shipped))


def _owing_less(order: HistoryOrder, back: MoneyBack, policy: Policy) -> Iterator[Submission]:
    """Yield that less is owed after each refund.

    Where claims do not stop the debit they wait for it, and so does a refund of what a claim leaves.
    """
    for at, _, owed_minor in back.refunds:
        if back.review is None or at < back.review.at or policy.claim_stops_capture:
            yield Submission(ReduceOwed(order_id=order.id, owed_minor=owed_minor, reason=REFUNDED), at)


def _part(order: HistoryOrder) -> Part:
    return Part(id=order.id, amount_minor=order.amount_minor, what=order.title, ship_by=_ship_by(order))


def _ship_by(order: HistoryOrder) -> Instant | None:
    """Return the promised time to ship; of a service without a promise, the time when it was performed."""
    if order.service and order.ship_by is None:
        return order.delivered_at
    return None if order.ship_by is None else max(order.ship_by, order.placed_at)


def _placing(order: HistoryOrder, currency: str, parts_minor: int) -> PlaceOrder:
    return PlaceOrder(
        order_id=order.id,
        merchant_id=order.merchant_id,
        consumer_id=order.consumer_id,
        currency=currency,
        amount_minor=order.amount_minor + parts_minor,
        listing=Listing(title=order.title, text=order.title, price_minor=order.amount_minor),
        ship_by=_ship_by(order),
        service=order.service,
    )


def _goods_back(
    order: HistoryOrder, at: Instant, back: MoneyBack, gone: Instant | None, policy: Policy
) -> Iterator[Submission]:
    """Yield that delivered goods were taken back: a return in the trial, later a claim for what was paid.

    A claim that a review brought is decided first. Where that, and what was refunded, come to the whole
    amount, there is nothing left to take back for.
    """
    trial_ends = (order.delivered_at or 0) + policy.trial
    review = back.review
    left = order.amount_minor - back.refunded_minor - (0 if review is None else review.amount_minor)
    if left <= 0:
        return
    if review is not None:
        at = max(at, review.decided_at + 1)
        if policy.claim_stops_capture:
            trial_ends += review.decided_at - review.at
    if at > trial_ends or order.service:  # what was performed cannot be sent back
        claim = OpenClaim(
            claim_id=order.id + _TAKEN_BACK, order_id=order.id, amount_minor=left, reason="goods taken back"
        )
        yield Submission(claim, at)
        return
    yield Submission(AskReturn(order_id=order.id), at)
    if gone is None or at < gone:
        yield Submission(ConfirmReturn(order_id=order.id), at)
