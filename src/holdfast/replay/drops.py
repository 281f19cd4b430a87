"""Drops: the parts of a history that the engine refused, whole orders, or later events of accepted ones."""

from collections import Counter

from holdfast.importers.history import History, HistoryOrder, Reject
from holdfast.kernel.clock import iso
from holdfast.kernel.refusal import RefusalRecord
from holdfast.kernel.rows import Command
from holdfast.kernel.text import Text, same
from holdfast.orders.model import PlaceOrder, ReduceOwed
from holdfast.orders.parts import SplitOrder
from holdfast.orders.refusals import CaptureOnItsWay, OwedOnlyGoesDown
from holdfast.replay.course import COLUMNS, Event, event_of
from holdfast.replay.results import NotTaken, Replay

_CAPTURED_ALREADY = {OwedOnlyGoesDown.code, CaptureOnItsWay.code}
"""Why a refund cannot lower what is owed: it is debited, or is being; then the merchant refunds instead."""


class Drops:
    """Hears each refusal of one policy; an order stands here once, by its first event that was refused.

    What comes after a refused order is refused because of it, and is not counted again.
    """

    def __init__(self) -> None:
        self.codes: Counter[str] = Counter()
        self.refused_minor = 0
        self._first: dict[str, NotTaken] = {}

    def refused(self, command: Command, refusal: RefusalRecord) -> None:
        """Note a refused command, if it plays an event of the history."""
        event = event_of(command)
        if event is None or (isinstance(command, ReduceOwed) and refusal.code in _CAPTURED_ALREADY):
            return
        first = self._first.get(event.order_id)
        if first is None:
            self._first[event.order_id] = _not_taken(event, refusal)
        elif first.event != "placed":
            first.later += 1
        if isinstance(command, PlaceOrder):
            self.codes[refusal.code] += 1
            self.refused_minor += command.amount_minor  # its parts' too
        elif isinstance(command, SplitOrder):
            whole = self._first.get(command.order_id)
            self.codes[refusal.code if whole is None else whole.code] += 1

    def all(self) -> list[NotTaken]:
        """Return them, in the order in which they were refused."""
        return list(self._first.values())

    def cut_short(self) -> dict[str, int]:
        """Return how many orders went another way than in the history, by the first event not taken."""
        counts = Counter(each.event for each in self._first.values())
        return {event: counts[event] for event in COLUMNS if counts[event] and event != "placed"}


def _not_taken(event: Event, refusal: RefusalRecord) -> NotTaken:
    what, fix = refusal.told()
    return NotTaken(
        order_id=event.order_id,
        event=event.name,
        code=refusal.code,
        what=what.en,
        fix=fix.en,
        what_zh=what.zh,
        fix_zh=fix.zh,
    )


def rejects_of(history: History, replay: Replay) -> list[Reject]:
    """Return the drops as rejects of a file, by policy, then in the order of the refusals."""
    orders = {order.id: order for order in history.orders}
    found: list[Reject] = []
    for policy in replay.policies:
        for each in policy.not_taken:
            file, row = history.origin(each.order_id)
            column = COLUMNS[each.event]
            shown = _shown(orders[each.order_id], column)
            why = _reason(each)
            given = (why.en, each.fix, each.code, policy.policy, why.zh, each.fix_zh)
            found.append(Reject(file, row, column, shown, *given))
    return found


def _shown(order: HistoryOrder, column: str) -> str:
    """Return the value in a column of the plain form; of refunds, all their times."""
    if column == "refunded_at":
        return " ".join(iso(refund.at) for refund in order.refunds)
    value = getattr(order, "id" if column == "order_id" else column)
    return iso(value) if column.endswith("_at") else str(value)


def _reason(each: NotTaken) -> Text:
    """Return the engine's refusal, the order, and whether more of its events were refused, as a text."""
    opening = Text("此订单", "the order")
    if each.event != "placed":
        opening = Text(f"订单 {each.order_id} 的这一事件", f"this event of order {each.order_id}")
    later = same("")
    if each.later:
        later = Text(f"；其后还有 {each.later} 个事件", f"; {each.later} later of its events too")
    return Text(
        f"引擎拒绝了{opening.zh}：{each.what_zh or each.what} [{each.code}]{later.zh}",
        f"the engine refused {opening.en}: {each.what} [{each.code}]{later.en}",
    )
