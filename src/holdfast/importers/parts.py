"""Rows that are parts of others' orders: each needs the order that was placed, with the same parties."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from holdfast.importers.cells import BadCell
from holdfast.importers.history import HistoryOrder, Reject
from holdfast.importers.refunds import Told
from holdfast.importers.wall import Read
from holdfast.kernel.text import Text
from holdfast.orders.parts import MOST_PARTS


class Taken(NamedTuple):
    """A row that was taken: where, in which currency, its order, how its times were read, its refund."""

    row: int
    currency: str
    order: HistoryOrder
    read: Read
    refund: Told | None = None


_NAME_THE_PLACED = Text(
    "请写所下订单那一行的 order_id", "Name the order_id of the row with the order that was placed"
)
_SAME_PARTIES = Text(
    "部分与其订单的各方相同；否则是另一笔订单",
    "A part has the parties of its order; else it is another order",
)


def astray(
    parts: Mapping[str, tuple[str, Taken]], wholes: Mapping[str, Taken]
) -> Iterator[tuple[str, Reject]]:
    """Give the parts whose whole is not there or is no whole of theirs, by their ids, as rejects.

    Args:
        parts: the parts by their ids, each with the file in which it stands.
        wholes: the orders that are no parts, by theirs; those that parts name are enough.
    """
    counts: Counter[str] = Counter()
    for key, (file, each) in parts.items():
        name = each.order.part_of or ""
        whole = parts[name][1] if name in parts else wholes.get(name)
        bad = _flaw(each, whole, counts[name])
        counts[name] += 1
        if bad is not None:
            yield key, bad.at(file, each.row)


def _flaw(part: Taken, whole: Taken | None, before: int) -> BadCell | None:
    name = part.order.part_of or ""
    if whole is None:
        reason = Text(
            f"此为订单 {name} 的一部分，而该订单不在文件中，或未被采纳",
            f"the order {name}, of which this is a part, is not in the files, or was not taken",
        )
        return BadCell("part_of", name, reason, _NAME_THE_PLACED)
    if whole.order.part_of is not None:
        reason = Text(f"订单 {name} 本身也是一部分", f"the order {name} is itself a part")
        return BadCell(
            "part_of",
            name,
            reason,
            Text(
                f"请写所下的订单：{whole.order.part_of}",
                f"Name the order that was placed: {whole.order.part_of}",
            ),
        )
    ours = (part.order.merchant_id, part.order.consumer_id, part.currency, part.order.service)
    theirs = (whole.order.merchant_id, whole.order.consumer_id, whole.currency, whole.order.service)
    for column, mine, its in zip(
        ("merchant_id", "consumer_id", "currency", "service"), ours, theirs, strict=True
    ):
        if mine != its:
            reason = Text(
                f"此为订单 {name} 的一部分，而该订单为 {its}（第 {whole.row} 行）",
                f"the order {name}, of which this is a part, has {its} (row {whole.row})",
            )
            return BadCell(column, mine, reason, _SAME_PARTIES)
    if before >= MOST_PARTS:
        reason = Text(
            f"订单 {name} 在此之前已有 {MOST_PARTS} 个部分",
            f"the order {name} has {MOST_PARTS} parts before this one",
        )
        return BadCell("part_of", name, reason, Text("请合并较小的部分", "Put smaller parts together"))
    return None
