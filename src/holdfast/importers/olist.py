"""The form of Olist's public data set (Kaggle: olistbr/brazilian-ecommerce): a folder of related CSV files.

Each pair of an order and a seller becomes one order here. What each field is made of: docs/import.md.
"""

import re
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from holdfast.importers import cells
from holdfast.importers.cells import BadCell
from holdfast.importers.chronology import Place, in_order
from holdfast.importers.history import History, HistoryOrder, Origin, Progress, Repair, RepairKind
from holdfast.importers.olist_files import (
    ANSWERED,
    CARRIER,
    CATEGORIES,
    CUSTOMER,
    CUSTOMERS,
    ESTIMATED,
    ITEMS,
    LIMIT,
    ORDERS,
    PRODUCTS,
    PURCHASED,
    REVIEWS,
    SELLERS,
    OlistFiles,
    known,
    unused,
)
from holdfast.importers.refusals import nothing_taken
from holdfast.importers.wall import Wall
from holdfast.kernel.clock import Instant, iso
from holdfast.kernel.text import Text

CURRENCY = "BRL"

STATUSES = (
    "created",
    "approved",
    "invoiced",
    "processing",
    "shipped",
    "delivered",
    "unavailable",
    "canceled",
)
_CANCELLED = ("unavailable", "canceled")

_ID_SHOWN = 8
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


class _Order(NamedTuple):
    row: int
    consumer_id: str
    status: str
    placed: Instant
    shipped: Instant | None
    delivered: Instant | None
    estimated: Instant

    @property
    def lacks_delivery(self) -> bool:
        """Tell whether it was delivered, by its status, at a time that nobody wrote down."""
        return self.status == "delivered" and self.delivered is None


class _Review(NamedTuple):
    answered: Instant
    row: int
    score: int


class _Item(NamedTuple):
    number: int
    row: int
    product_id: str
    amount_minor: int
    ship_by: Instant


_Pair = tuple[str, str]
"""The ids of an order and of a seller; the latter is empty where a torn row does not tell it."""


def read_olist(folder: Path, progress: Progress | None = None, wall: Wall | None = None) -> History:
    """Read a folder in Olist's form; amounts are BRL, times are read as `wall` has it, in UTC if none.

    Raises:
        NotOlist, MissingFile: the folder is not of the form, or lacks a file.
        SourceUnreadable, EmptyFile, NotText, BadEncoding, BrokenCsv: a file cannot be read.
        WrongDelimiter, UnknownColumn, DuplicateColumn, MissingColumn: a header is not of the form.
        NoOrders: no pair could be taken.
    """
    files = OlistFiles(folder, progress, Wall() if wall is None else wall)
    titles = _titles(files)
    sellers = files.keyed(SELLERS)
    orders, refused = _orders(files, files.keyed(CUSTOMERS))
    reviews = _reviews(files, orders, refused)
    pairs, torn = _pairs(files, orders.keys() | refused, titles, sellers)
    history: list[HistoryOrder] = []
    origins: dict[str, Origin] = {}
    # Two sellers of an order share its times: each repair counts once.
    repairs: dict[Repair, None] = dict.fromkeys(files.repairs)
    for pair, items in pairs.items():
        order = orders.get(pair[0])
        if order is not None and not torn & {pair, (pair[0], "")}:
            made, changes = _made(pair, order, reviews.get(pair[0]), items, titles)
            history.append(made)
            origins[made.id] = Origin(ORDERS, order.row)
            repairs.update(dict.fromkeys(changes))
    _refuse_without_items(files, orders, {order_id for order_id, _ in pairs.keys() | torn})
    files.rejects.sort(key=lambda reject: reject[:2])
    if not history:
        raise nothing_taken(folder, len(files.rejects), files.rejects, 0)
    history.sort(key=lambda order: (order.placed_at, order.id))
    ordered = sorted(repairs, key=lambda repair: repair[:2])
    wall = files.wall
    return History(
        str(folder), CURRENCY, history, files.rejects, (), ordered, origins, wall.name, wall.assumed
    )


def _titles(files: OlistFiles) -> dict[str, str]:
    """Return a title by product: its category in English, or as it is where there is no translation."""
    english = files.keyed(CATEGORIES)
    titles: dict[str, str] = {}
    for product_id, category in files.keyed(PRODUCTS).items():
        name = english.get(category, category).replace("_", " ") or "uncategorised"
        titles[product_id] = f"{name} {product_id[:_ID_SHOWN]}"
    return titles


def _orders(files: OlistFiles, customers: Mapping[str, str]) -> tuple[dict[str, _Order], set[str]]:
    """Return the orders by id, and the ids of those that were refused."""
    orders: dict[str, _Order] = {}
    refused: set[str] = set()
    for row, found in files.records(ORDERS, refused):
        try:
            orders[unused("order_id", found[0], orders)] = _order(row, found, customers, files.wall)
        except BadCell as bad:
            files.refuse(ORDERS, row, bad)
            refused.add(found[0])
    return orders, refused


def _order(row: int, found: Sequence[str], customers: Mapping[str, str], wall: Wall) -> _Order:
    order_id, customer_id, status, placed, _, shipped, delivered, estimated = found
    if "/" in order_id:  # it parts the two ids of a pair
        raise BadCell(
            "order_id",
            order_id,
            Text("编号含有斜杠", "the id holds a slash"),
            Text("请用其他字符", "Use another sign"),
        )
    if status not in STATUSES:
        fix = Text(f"请用其中之一：{'、'.join(STATUSES)}", f"Use one of {', '.join(STATUSES)}")
        raise BadCell("order_status", status, Text("没有此状态", "there is no such status"), fix)
    customer_id = known("customer_id", customer_id, customers, CUSTOMERS)
    return _Order(
        row,
        cells.identity("customer_unique_id", customers[customer_id]),
        status,
        wall.instant(PURCHASED, placed),
        wall.instant_or_none(CARRIER, shipped),
        wall.instant_or_none(CUSTOMER, delivered),
        wall.instant(ESTIMATED, estimated),
    )


def _reviews(files: OlistFiles, orders: Container[str], refused: Container[str]) -> dict[str, _Review]:
    """Return the latest review by order; a review may be about several orders, one row each."""
    latest: dict[str, _Review] = {}
    seen: set[str] = set()
    for row, found in files.records(REVIEWS):
        review_id, order_id, score, *_, answered = found
        if order_id in refused and order_id not in orders:
            continue  # the order was refused for a reason of its own
        try:
            known("order_id", order_id, orders, ORDERS)
            seen.add(unused("review_id", f"{review_id}/{order_id}", seen))
            review = _Review(files.wall.instant(ANSWERED, answered), row, cells.score("review_score", score))
        except BadCell as bad:
            files.refuse(REVIEWS, row, bad)
        else:
            latest[order_id] = max(review, latest.get(order_id, review))
    return latest


def _pairs(
    files: OlistFiles, orders: Container[str], products: Container[str], sellers: Container[str]
) -> tuple[dict[_Pair, list[_Item]], set[_Pair]]:
    """Return the items by pair, and the pairs of which an item was refused: their amount is not known.

    Of two items with one number the first counts.
    """
    pairs: dict[_Pair, list[_Item]] = {}
    numbers: set[str] = set()
    cut: set[str] = set()
    torn: set[_Pair] = set()
    for row, found in files.records(ITEMS, cut):
        order_id, _, product_id, seller_id, *_ = found
        try:
            known("order_id", order_id, orders, ORDERS)
            known("product_id", product_id, products, PRODUCTS)
            known("seller_id", seller_id, sellers, SELLERS)
            item = _item(row, found, files.wall)
        except BadCell as bad:
            files.refuse(ITEMS, row, bad)
            torn.add((order_id, seller_id))
            continue
        try:
            numbers.add(unused("order_item_id", f"{order_id}/{item.number}", numbers))
        except BadCell as bad:
            files.refuse(ITEMS, row, bad)
            continue
        pairs.setdefault((order_id, seller_id), []).append(item)
    return pairs, torn | {(order_id, "") for order_id in cut}


def _item(row: int, found: Sequence[str], wall: Wall) -> _Item:
    _, number, product_id, _, limit, price, freight = found
    if not _NUMBER.fullmatch(number):
        raise BadCell(
            "order_item_id",
            number,
            Text("不是整数", "this is no whole number"),
            Text("请从 1 起给商品编号", "Number items from 1"),
        )
    amount = cells.amount_minor("price", price, CURRENCY)
    amount += cells.amount_minor("freight_value", freight, CURRENCY, least=0)
    return _Item(int(number), row, product_id, amount, wall.instant(LIMIT, limit))


def _made(
    pair: _Pair, order: _Order, review: _Review | None, items: Sequence[_Item], titles: Mapping[str, str]
) -> tuple[HistoryOrder, list[Repair]]:
    """Return what a pair becomes, and which of its times had to be changed."""
    delivered = (
        max(order.estimated, order.shipped or order.placed) if order.lacks_delivery else order.delivered
    )
    last_to_ship = max(items, key=lambda item: item.ship_by)
    first = min(items)
    more = f" +{len(items) - 1}" if len(items) > 1 else ""
    made = HistoryOrder(
        id="/".join(pair),
        merchant_id=pair[1],
        consumer_id=order.consumer_id,
        amount_minor=sum(item.amount_minor for item in items),
        title=titles[first.product_id] + more,
        placed_at=order.placed,
        ship_by=last_to_ship.ship_by,
        shipped_at=order.shipped,
        delivered_at=delivered,
        cancelled_at=_cancelled(order, last_to_ship.ship_by),
        reviewed_at=review.answered if review else None,
        score=review.score if review else None,
    )
    places = {
        "ship_by": Place(ITEMS, last_to_ship.row, LIMIT),
        "shipped_at": Place(ORDERS, order.row, CARRIER),
        "delivered_at": Place(ORDERS, order.row, CUSTOMER),
        "reviewed_at": Place(REVIEWS, review.row if review else 0, ANSWERED),
    }
    in_time, repairs = in_order(made, places.__getitem__)
    if delivered is not None and order.lacks_delivery:
        became = iso(delivered)
        repairs.append(Repair(*places["delivered_at"], "", RepairKind.DELIVERED_WITHOUT_DATE, became))
    return in_time, repairs


def _cancelled(order: _Order, ship_by: Instant) -> Instant | None:
    """Return when an order was cancelled at the latest, which the data do not tell, or None if it was not.

    A parcel that never left: when it should have left, or arrived if that is earlier. One that left: when it
    should have arrived. One that arrived: on arrival. Never before the last thing that is known to have
    happened.
    """
    if order.status not in _CANCELLED:
        return None
    if order.delivered is not None:
        expected = order.delivered
    elif order.shipped is not None:
        expected = order.estimated
    else:
        expected = min(ship_by, order.estimated)
    return max(expected, order.placed, order.shipped or order.placed)


def _refuse_without_items(
    files: OlistFiles, orders: Mapping[str, _Order], with_items: Container[str]
) -> None:
    for order_id, order in orders.items():
        if order_id not in with_items:
            reason = Text(
                f"订单在 {ITEMS} 中没有商品：商家和金额都不知道",
                f"the order has no items in {ITEMS}: neither its merchant nor its amount is known",
            )
            fix = Text("请补上其商品，或去掉此订单", "Add its items, or leave it out")
            files.refuse(ORDERS, order.row, BadCell("order_id", order_id, reason, fix))
