"""Refunds that stand apart from their orders, and the orders as they are with them.

Files of our own form add to what an order's row tells. An export of after-sales tells when, and how much, of
what the export of orders knows by its states alone: it takes the place of what was estimated.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from holdfast.importers import cells, refunds
from holdfast.importers.bulk.chunk import Row
from holdfast.importers.bulk.settling import Settled, Whereabouts
from holdfast.importers.cells import BadCell
from holdfast.importers.chronology import in_order
from holdfast.importers.exports.aftersales import AfterSale
from holdfast.importers.history import HistoryOrder, HistoryRefund, Reject, Repair, RepairKind
from holdfast.importers.refunds import Told, with_refunds
from holdfast.importers.rows import Rows
from holdfast.importers.wall import Wall
from holdfast.kernel.text import Text

_WHOLE = frozenset({RepairKind.CANCELLED_WITHOUT_DATE, RepairKind.CANCELLED_TOO_EARLY})
"""The repairs of an end without a date of its own."""

_PART = frozenset({RepairKind.REFUNDED_UNKNOWN, RepairKind.REFUND_WITHOUT_AMOUNT})
"""The repairs of a refund that only a state tells of."""


class Joined(NamedTuple):
    """The result of joining refunds: rejected rows, odd times, and the number without an order."""

    rejects: list[Reject]
    repairs: list[Repair]
    elsewhere: int


def names_in(files: Sequence[Rows]) -> set[str]:
    """Return the ids of the orders that files of refunds name.

    Raises:
        Refusal: a file cannot be read, or is not of the form. See `rows.rows`.
    """
    found: set[str] = set()
    for file in files:
        for _, row in file.all():
            try:
                if not isinstance(row, BadCell):
                    found.add(cells.identity("order_id", row[0]))
            except BadCell:
                continue  # it will be a reject
    return found


def join_files(settled: Settled, files: Sequence[Rows], wall: Wall) -> Joined:
    """Put refunds in files of our own form to their orders.

    Raises:
        Refusal: a file cannot be read, or is not of the form. See `rows.rows`.
    """
    named = {
        name: (each, _row(settled, each))
        for name, each in settled.named.items()
        if each.row.currency == settled.currency
    }
    by_id = {name: _order(row) for name, (_, row) in named.items()}
    left = {
        name: order.amount_minor - sum(each.amount_minor for each in order.refunds)
        for name, order in by_id.items()
    }

    def why_none(order_id: str) -> Text:
        if order_id in settled.unpaid_names:
            return Text(f"订单 {order_id} 从未付款", f"the order {order_id} was never paid")
        return Text(
            f"订单 {order_id} 不在订单文件中，或未被采纳",
            f"the order {order_id} is not in the files of orders, or was not taken",
        )

    found = refunds.read(files, refunds.Orders(by_id, settled.currency, left, why_none), wall)
    for name, told in found.told.items():
        here, row = named[name]
        order, repairs = with_refunds(by_id[name], told)
        _put(settled, here, order, [*row.repairs, *repairs])
    return Joined([*found.rejects], [*found.repairs], 0)


def join_after_sales(
    settled: Settled, told: Sequence[tuple[str, AfterSale]], forms: Mapping[int, str]
) -> Joined:
    """Put refunds of exports of after-sales to their orders.

    Args:
        settled: what counts.
        told: the form of whose orders it is, and the refund.
        forms: the forms of the tables.
    """
    joined = Joined([], [], 0)
    by_order: dict[str, list[AfterSale]] = {}
    for form, each in told:
        here = settled.named.get(each.order_id)
        if here is None or forms.get(here.table) != form:
            continue
        if here.row.currency == settled.currency == each.currency:
            by_order.setdefault(each.order_id, []).append(each)
    for order_id, mine in by_order.items():
        here = settled.named[order_id]
        row = _row(settled, here)
        order = _order(row)
        fitting = [*_fitting(order, mine, joined.rejects)]
        if fitting:
            joined.repairs.extend(odd for each, _ in fitting for odd in each.odd)
            _put(settled, here, *_retold(order, row.repairs, [each for _, each in fitting]))
    return joined._replace(elsewhere=len(told) - sum(map(len, by_order.values())))


def _fitting(
    order: HistoryOrder, mine: Sequence[AfterSale], rejects: list[Reject]
) -> Iterator[tuple[AfterSale, Told]]:
    """Give the refunds of an order by their times, but for those that are beyond its amount."""
    left = order.amount_minor
    found = [(each, each.told) for each in mine if each.told is not None]
    for each, told in sorted(found, key=lambda pair: (pair[1].at is None, pair[1].at or 0, pair[1].place)):
        if told.amount_minor > left:
            rejects.append(refunds.beyond(*each.said, order.id).at(told.place.file, told.place.row))
            continue
        left -= told.amount_minor
        yield each, told


def _retold(
    order: HistoryOrder, repairs: Sequence[Repair], told: Sequence[Told]
) -> tuple[HistoryOrder, list[Repair]]:
    """Return an order with what was told of its refunds in the place of what was estimated of them.

    Of what the order's own states say went back beyond it, the estimate stays.
    """
    if order.cancelled_at is not None:
        return _ended(order, repairs, told)
    rest = sum(each.amount_minor for each in order.refunds) - sum(each.amount_minor for each in told)
    kept = (HistoryRefund(rest, order.refunds[-1].at),) if rest > 0 else ()
    found, changes = with_refunds(order._replace(refunds=kept), told)
    stay = [each for each in repairs if rest > 0 or each.kind not in _PART]
    return found, [*stay, *changes]


def _ended(
    order: HistoryOrder, repairs: Sequence[Repair], told: Sequence[Told]
) -> tuple[HistoryOrder, list[Repair]]:
    """Return an order of which everything went back, ended by the last refund where its end was not known."""
    dated = [each for each in told if each.at is not None]
    estimated = any(each.kind is RepairKind.CANCELLED_WITHOUT_DATE for each in repairs)
    assert order.cancelled_at is not None
    if not dated or not estimated:
        return order, [*repairs]
    refunded = with_refunds(order._replace(refunds=(), cancelled_at=None), dated)[0].refunds
    at = refunded[-1].at
    if at <= order.cancelled_at and sum(each.amount_minor for each in dated) < order.amount_minor:
        return order, [*repairs]  # more went back than is told, and nobody knows when
    place = dated[-1].place
    found, moved = in_order(order._replace(cancelled_at=at), lambda _: place)
    assert found.cancelled_at is not None
    earlier = tuple(each for each in refunded if each.at < found.cancelled_at)
    return found._replace(refunds=earlier), [*(each for each in repairs if each.kind not in _WHOLE), *moved]


def _order(row: Row) -> HistoryOrder:
    assert row.order is not None
    return row.order


def _row(settled: Settled, here: Whereabouts) -> Row:
    """Return the row of an order as it stands by now."""
    return settled.again.get(here.place, here.row)


def _put(settled: Settled, here: Whereabouts, order: HistoryOrder, repairs: Sequence[Repair]) -> None:
    settled.again[here.place] = _row(settled, here)._replace(order=order, repairs=repairs)
