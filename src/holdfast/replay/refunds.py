"""The refunds of a history as a replay plays them: of each order once, by a merchant that is still there.

docs/import.md says what they are beside a cancellation and beside a review.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from holdfast.importers.history import History, HistoryOrder
from holdfast.kernel.clock import DAY, Instant
from holdfast.replay.money_back import MoneyBack, Refunded, Review
from holdfast.replay.world import WHOLE_PERCENT, Assumptions


def moneys_back(
    history: History, vanished: Mapping[str, Instant], assumptions: Assumptions
) -> dict[str, MoneyBack]:
    """Return the money that goes back of each order with refunds, by its id."""
    parts = parts_of(history)
    return {
        order.id: money_back(order, vanished.get(order.merchant_id), assumptions, parts.get(order.id, ()))
        for order in history.orders
        if order.refunds
    }


def parts_of(history: History) -> Mapping[str, Sequence[HistoryOrder]]:
    """Return the parts of each order that has any."""
    parts: defaultdict[str, list[HistoryOrder]] = defaultdict(list)
    for order in history.orders:
        if order.part_of is not None:
            parts[order.part_of].append(order)
    return parts


def money_back(
    order: HistoryOrder, gone: Instant | None, assumptions: Assumptions, parts: Sequence[HistoryOrder] = ()
) -> MoneyBack:
    """Return the money that goes back of an order; a merchant that is `gone` refunds nothing more.

    A refund at or after `cancelled_at` is the money of that. One at or after a review that is a claim waits
    for the decision, and is of what that leaves. What a merchant would have refunded is lost, unless the
    cancellation gives it back. `parts` that are split off later still count as owed.
    """
    ends = order.cancelled_at
    due = [refund for refund in order.refunds if ends is None or refund.at < ends]
    review = _review(order, gone, assumptions)
    left = order.amount_minor
    refunds: list[Refunded] = []
    lost: list[Refunded] = []
    for amount_minor, at in due:
        played, rest = at, left
        if review is not None and at >= review.at:
            played, rest = max(at, review.decided_at + 1), left - review.amount_minor
        amount = min(amount_minor, rest)
        if amount <= 0 or (ends is not None and played >= ends):
            break
        unsplit = sum(part.amount_minor for part in parts if part.placed_at > played)
        refund = Refunded(played, amount, rest - amount + unsplit)
        (refunds if gone is None or played < gone else lost).append(refund)
        left -= amount
    found = MoneyBack(review, tuple(refunds))
    if ends is not None or not lost:
        return found
    claimed = 0 if review is None else review.amount_minor  # also by a review that came later
    unclaimed = order.amount_minor - found.refunded_minor - claimed
    return found._replace(
        lost_minor=min(sum(each.amount_minor for each in lost), unclaimed), lost_at=lost[0].at
    )


def _review(order: HistoryOrder, gone: Instant | None, assumptions: Assumptions) -> Review | None:
    """Return the claim that a bad review stands for, on the sum that was not refunded before it.

    Once the goods are back there is nothing to claim.
    """
    percent = {1: assumptions.score_1_percent, 2: assumptions.score_2_percent}.get(order.score or 0, 0)
    at = order.reviewed_at
    if at is None or (order.cancelled_at is not None and at >= order.cancelled_at):
        return None
    before = at if gone is None else min(at, gone)
    refunded = sum(refund.amount_minor for refund in order.refunds if refund.at < before)
    amount = min(order.amount_minor * percent // WHOLE_PERCENT, order.amount_minor - refunded)
    return Review(at, at + assumptions.claim_days * DAY, amount) if amount > 0 else None
