"""How much of a history ran, in words: orders that were not taken, and orders that went another way."""

from collections.abc import Mapping

from holdfast.importers.history import LeftOut, RepairKind
from holdfast.kernel.text import Text, listed, same, sentences
from holdfast.replay.results import PolicyResult, Replay
from holdfast.replay.wording import count, many, money, ratio

BY_POLICY: dict[str, Text] = {
    "cover_too_low": Text("商家保障不足，停接新单", "cover was too low for new orders"),
    "merchant_not_active": Text("商家已停止接单", "the merchant was stopped"),
    "owner_ran_away": Text("经营者曾跑路", "its owner had run away"),
}
"""Refusals of new orders that are a policy's answer; others say that the history does not fit."""

EVENTS: dict[str, Text] = {
    "shipped": Text("发货", "shipped"),
    "delivered": Text("签收", "delivered"),
    "taken_back": Text("取消或退货", "cancelled or taken back"),
    "refunded": Text("商家退款", "refunded"),
    "claimed": Text("差评索赔", "claimed by a review"),
}
"""The events after placing, as keys of `cut_short`."""

_LEFT_OUT: dict[LeftOut, tuple[str, str, str]] = {
    LeftOut.NO_ORDER: (
        "行不是订单（空行、合计行或重复的表头）",
        "row is no order (blank, a total, or a header again)",
        "rows are no orders (blank, totals, or a header again)",
    ),
    LeftOut.OTHER_TABLE: (
        "张表不是订单（宝贝或对账单），未读取",
        "table holds no orders (goods, a statement) and is not read",
        "tables hold no orders (goods, statements) and are not read",
    ),
    LeftOut.NOT_PAY_LATER: (
        "笔不是先用后付",
        "order is not marked as paid after use",
        "orders are not marked as paid after use",
    ),
    LeftOut.REPLACED: (
        "笔在其后的文件中再次出现，以后者为准",
        "order came again in a later file, which counts",
        "orders came again in a later file, which counts",
    ),
    LeftOut.REFUND_ELSEWHERE: (
        "笔售后退款的订单不在所给文件中",
        "refund is of an order that is not in these files",
        "refunds are of orders that are not in these files",
    ),
}
"""The texts for rows of a file that are no orders to be played."""

ESTIMATES = frozenset(
    (
        RepairKind.SHIPPED_WITHOUT_DATE,
        RepairKind.CANCELLED_WITHOUT_DATE,
        RepairKind.DELIVERED_WITHOUT_DATE,
        RepairKind.REFUNDED_UNKNOWN,
        RepairKind.PLACED_BY_ID,
    )
)
"""Repairs of times that the source does not hold; the others contradicted each other, or the clock."""


def rows_told(rejected: int) -> Text:
    """Say how many rows the importer could not take; nothing where it took all."""
    if not rejected:
        return same("")
    rows = many(
        rejected, "row of the history was not usable and is", "rows of the history were not usable and are"
    )
    return Text(
        f"历史文件中另有 {count(rejected)} 行不合格，不计入任何数字。", f"Beside them {rows} in no figure."
    )


def unpaid_told(unpaid: int) -> Text:
    """Say how many orders were never paid, and so are not played; nothing where there were none."""
    if not unpaid:
        return same("")
    return Text(
        f"另有 {count(unpaid)} 笔订单从未付款或确认，未予回放。",
        f"{many(unpaid, 'order was never paid and is', 'orders were never paid and are')} not played.",
    )


def left_out_told(left_out: Mapping[str, int]) -> Text:
    """Return the sentences about rows of an export that are not played; empty where there are none."""
    told = [
        Text(f"{count(number)} {zh}", many(number, one, more))
        for kind, (zh, one, more) in _LEFT_OUT.items()
        if (number := left_out.get(kind.value, 0))
    ]
    return Text("另有 {what}。", "Beside them {what}.").fill(what=listed(told)) if told else same("")


def repairs_told(repairs: Mapping[str, int]) -> Text:
    """Say how many times the importer put in order or estimated, by kind; nothing where there were none."""
    estimated: dict[str, int] = {kind: number for kind, number in repairs.items() if kind in ESTIMATES}
    unknown = repairs.get(RepairKind.REFUND_WITHOUT_AMOUNT, 0)
    wrong = {
        kind: number
        for kind, number in repairs.items()
        if kind not in ESTIMATES and kind != RepairKind.REFUND_WITHOUT_AMOUNT
    }
    return sentences(_wrong_told(wrong), _estimates_told(estimated), _refunds_unknown(unknown))


def _wrong_told(repairs: Mapping[str, int]) -> Text:
    if not repairs:
        return same("")
    number = sum(repairs.values())
    return Text(
        "历史文件中有 {number} 处时间互相矛盾或当地时钟不曾唯一显示，已理顺：{kinds}。",
        "{times} put in order: {kinds}.",
    ).fill(
        number=count(number),
        times=many(number, "time that cannot be as it stands was", "times that cannot be as they stand were"),
        kinds=_kinds(repairs),
    )


def _estimates_told(repairs: Mapping[str, int]) -> Text:
    if not repairs:
        return same("")
    number = sum(repairs.values())
    return Text(
        "文件说明已发生、却未写明时间的有 {number} 处，已估计：{kinds}。", "{times} estimated: {kinds}."
    ).fill(
        number=count(number),
        times=many(
            number,
            "time of what the file says happened is not in it and was",
            "times of what the file says happened are not in it and were",
        ),
        kinds=_kinds(repairs),
    )


def _refunds_unknown(orders: int) -> Text:
    if not orders:
        return same("")
    return Text(
        f"{count(orders)} 笔订单曾部分退款，文件未写明金额，按未退款回放。",
        f"{many(orders, 'order was', 'orders were')} refunded in part by an amount that the file lacks: "
        "played as if nothing had gone back.",
    )


def _kinds(repairs: Mapping[str, int]) -> Text:
    return listed([same(f"{kind} {count(number)}") for kind, number in repairs.items()])


def zones_told(replay: Replay) -> Text:
    """Return the sentence about the zone of days, and about the zone assumed for times without an offset."""
    days = Text("日期按 {zone} 划分。", "Days are those of {zone}.").fill(zone=replay.zone)
    if not replay.times_assumed:
        return days
    return sentences(
        days,
        Text(
            "有 {number} 个时间未写明时差，按 {zone} 读取；如非如此，请用 --zone 指定。",
            "{times} read in {zone}; if that is not where they were written, say so with --zone.",
        ).fill(
            number=count(replay.times_assumed),
            times=many(replay.times_assumed, "time had no offset and was", "times had no offset and were"),
            zone=replay.read_zone,
        ),
        _dates_told(replay.dates_assumed),
    )


def _dates_told(dates: int) -> Text:
    if not dates:
        return same("")
    return Text(
        f"其中 {count(dates)} 个只有日期：发货承诺按当日结束计，其余按当日已发生的前一事件或零时计。",
        f"{many(dates, 'of them is a date', 'of them are dates')} alone: a promise lasts until the end of "
        "its day, an event follows what came before it on its day, or is at midnight.",
    )


def not_taken(replay: Replay, result: PolicyResult) -> list[Text]:
    """Return the sentences about the drops of a policy; none where it took everything."""
    by_policy = {code: number for code, number in result.refusals.items() if code in BY_POLICY}
    by_engine = {code: number for code, number in result.refusals.items() if code not in BY_POLICY}
    told: list[Text] = []
    if result.refusals:
        told.append(_orders_refused(replay, result, by_policy, by_engine))
    if result.cut_short:
        told.append(_cut_short(result))
    return told


def _orders_refused(
    replay: Replay, result: PolicyResult, by_policy: Mapping[str, int], by_engine: Mapping[str, int]
) -> Text:
    parts = [
        Text("{reason} {number}", "{number} as {reason}").fill(reason=BY_POLICY[code], number=count(number))
        for code, number in by_policy.items()
    ] + [
        Text("引擎拒绝 {number}（{code}）", "{number} refused by the engine ({code})").fill(
            code=code, number=count(number)
        )
        for code, number in by_engine.items()
    ]
    return Text(
        "有 {number} 笔订单未被接受，共 {amount}，占下单总额的 {share}：{parts}。",
        "{orders} not taken, {amount} or {share} of what was ordered: {parts}.",
    ).fill(
        number=count(result.orders_refused),
        orders=many(result.orders_refused, "order was", "orders were"),
        amount=money(result.refused_minor, replay.currency),
        share=share(result),
        parts=listed(parts),
    )


def share(result: PolicyResult) -> str:
    """Return the share of drops in all orders, by amount."""
    ordered = result.gmv_minor + result.refused_minor
    if not result.refused_minor:
        return "0%"
    written = ratio(result.refused_minor / ordered)
    return "<0.1%" if written == "0%" else written


def _cut_short(result: PolicyResult) -> Text:
    events = listed(
        [
            Text("{event} {number}", "{number} {event}").fill(event=EVENTS[event], number=count(number))
            for event, number in result.cut_short.items()
        ]
    )
    return Text(
        "另有 {number} 笔订单没有照历史走到底，后续事件未被引擎接受：{events}。",
        "{orders} went another way than in the history, as the engine did not take a later event: {events}.",
    ).fill(
        number=count(result.orders_cut_short),
        orders=many(result.orders_cut_short, "order", "orders"),
        events=events,
    )
