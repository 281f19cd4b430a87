"""A draft of a form for a file of which none is known: for a person to look through, a comment a line.

Columns are proposed by what they are called, nothing more: what the draft is not sure of it leaves as a
comment, and a form that lacks what is needed is refused when it is read.
"""

import json
from collections.abc import Iterator, Sequence

from holdfast.importers.exports.cleaning import bare, heading
from holdfast.importers.exports.explaining import PERSONAL, masked
from holdfast.importers.exports.form import Meaning, Name
from holdfast.importers.grids.grid import Grid, Line, Value

_NAMES: dict[Name, tuple[str, ...]] = {
    Name.ORDER_ID: (
        "order_id",
        "orderid",
        "order id",
        "order number",
        "order no",
        "订单编号",
        "订单号",
        "id",
    ),
    Name.MERCHANT_ID: (
        "merchant_id",
        "merchant",
        "shop_id",
        "seller_id",
        "shop",
        "seller",
        "store",
        "店铺",
        "商家",
        "商户",
    ),
    Name.CONSUMER_ID: (
        "consumer_id",
        "customer_id",
        "buyer_id",
        "user_id",
        "customer",
        "buyer",
        "email",
        "买家",
        "用户",
    ),
    Name.CURRENCY: ("currency", "币种"),
    Name.AMOUNT: ("amount", "total", "order_total", "paid_amount", "实付", "应付", "金额", "price"),
    Name.REFUNDED: ("refunded_amount", "refund_amount", "refunded", "退款金额"),
    Name.PLACED_AT: (
        "placed_at",
        "created_at",
        "order_date",
        "create_time",
        "created",
        "下单时间",
        "创建时间",
    ),
    Name.PAID_AT: ("paid_at", "pay_time", "payment_date", "付款时间", "支付时间"),
    Name.SHIP_BY: ("ship_by", "承诺发货"),
    Name.SHIPPED_AT: ("shipped_at", "ship_time", "fulfilled_at", "shipped", "发货时间"),
    Name.DELIVERED_AT: ("delivered_at", "received_at", "delivered", "收货时间", "签收时间", "完成时间"),
    Name.CANCELLED_AT: ("cancelled_at", "canceled_at", "close_time", "取消时间", "关闭时间"),
    Name.REFUNDED_AT: ("refunded_at", "refund_time", "退款时间"),
    Name.TITLE: ("title", "product_name", "item_name", "product", "商品名称", "宝贝标题", "商品"),
}
"""The usual names of each field's column; whole names before parts of names."""

_STATES = ("order_status", "status", "state", "订单状态", "状态")
_WORDS: dict[Meaning, tuple[str, ...]] = {
    Meaning.UNPAID: ("unpaid", "pending payment", "待付款", "等待买家付款", "待支付"),
    Meaning.PLACED: ("paid", "processing", "placed", "待发货"),
    Meaning.SHIPPED: ("shipped", "in transit", "fulfilled", "已发货"),
    Meaning.DELIVERED: (
        "delivered",
        "completed",
        "complete",
        "received",
        "已收货",
        "已签收",
        "已完成",
        "交易成功",
    ),
    Meaning.CLOSED: ("cancelled", "canceled", "closed", "已取消", "已关闭", "交易关闭"),
    Meaning.REFUNDED: ("refunded", "退款成功"),
}
_SHOWN = 3
_MOST_WORDS = 30


def draft(grid: Grid, name: str) -> str:
    """Return the TOML of a form for a table, whose header is the widest of its first rows."""
    row, header, rows = _header(grid.head())
    names = [str(cell).strip() for cell in header]
    chosen = _chosen(names)
    states = _named(names, _STATES)
    return "\n".join(
        [*_head(name, names, chosen, row), *_fields(names, chosen, rows), *_states(names, states, rows), ""]
    )


def _header(lines: Sequence[Line]) -> tuple[int, Sequence[Value], list[Sequence[Value]]]:
    """Return the row, the header and what follows: the first row that is as wide as any, and all of text."""
    widest = max((sum(1 for cell in cells if bare(cell, frozenset())) for _, cells in lines), default=0)
    for place, (number, cells) in enumerate(lines):
        if sum(1 for cell in cells if bare(cell, frozenset())) >= max(2, widest * 0.8):
            return number, cells, [row for _, row in lines[place + 1 :]]
    return 1, lines[0][1] if lines else [], [row for _, row in lines[1:]]


def _named(names: Sequence[str], wanted: Sequence[str]) -> str | None:
    lower = {_spaced(name): name for name in reversed(names) if name}
    spaced = [*map(_spaced, wanted)]
    for each in spaced:
        if each in lower:
            return lower[each]
    for each in spaced:
        for key, name in reversed(lower.items()):
            if len(each) > len("id") and each in key:
                return name
    return None


def _spaced(name: str) -> str:
    return heading(name).lower().replace("_", " ").replace("-", " ")


def _chosen(names: Sequence[str]) -> dict[Name, str]:
    found: dict[Name, str] = {}
    for field, wanted in _NAMES.items():
        column = _named([name for name in names if name not in found.values()], wanted)
        if column is not None:
            found[field] = column
    return found


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _head(name: str, names: Sequence[str], chosen: dict[Name, str], row: int) -> Iterator[str]:
    needed = [chosen[field] for field in (Name.ORDER_ID, Name.AMOUNT, Name.PLACED_AT) if field in chosen]
    header = ", ".join(map(_quoted, needed or names[:3]))
    yield f"# A draft from {name}. Look through each line; what a form may say is in docs/import.md."
    yield f"name = {_quoted('my-export')}  # what it is called in messages"
    yield f"zh = {_quoted('自定义导出')}  # the same for people, in Chinese"
    yield f"en = {_quoted('an export of my own')}  # and in English"
    yield f"seen = {_quoted(f'drafted from {name}, whose header is in row {row}')}"
    yield f"header = [{header}]  # columns that tell a file of this form from every other"
    yield '# zone = "Asia/Shanghai"  # where its times were shown, if they carry no offset; or give --zone'
    yield '# currency = "CNY"  # of its amounts, if no column says it; or give --currency'
    yield 'rows = "order"  # a row is an order; "line": a line of one; "first-line": the first of several'
    yield '# times = ["%d/%m/%Y %H:%M"]  # how times are written, if not as 2026-10-31 09:30:00'
    yield '# thousands = ","  # between the thousands of an amount; decimal = "," for a decimal comma'
    yield ""
    yield "[fields]  # ours = { columns = [theirs, in order of preference] }"


def _fields(names: Sequence[str], chosen: dict[Name, str], rows: Sequence[Sequence[Value]]) -> Iterator[str]:
    for field in Name:
        if field in chosen:
            column = chosen[field]
            at = names.index(column)
            values = _values(at, rows, hidden=field in PERSONAL)
            mails = any("@" in str(cells[at]) for cells in rows if at < len(cells))
            personal = ", personal = true" if field in PERSONAL and mails else ""
            yield f"{field.value} = {{ columns = [{_quoted(column)}]{personal} }}  # {values}"
        elif field in _NAMES:
            yield f"# {field.value} = {{ columns = [] }}"
    left = [name for name in names if name and name not in chosen.values()]
    if left:
        yield f"# Columns that nothing is read from: {', '.join(left)}"
    yield ""


def _values(at: int, rows: Sequence[Sequence[Value]], *, hidden: bool) -> str:
    said = dict.fromkeys(bare(cells[at], frozenset()) for cells in rows if at < len(cells))
    shown = [masked(text) if hidden else text.replace("\n", " ") for text in said if text][:_SHOWN]
    return "such as " + "; ".join(shown) if shown else "empty in the first rows"


def _states(names: Sequence[str], column: str | None, rows: Sequence[Sequence[Value]]) -> Iterator[str]:
    meanings = ", ".join(meaning.value for meaning in Meaning)
    if column is None:
        yield "# [[states]]  # a column of states, where there is one"
        yield f"# columns = []  # its words mean one of: {meanings}"
        return
    at = names.index(column)
    words = [*dict.fromkeys(bare(cells[at], frozenset()) for cells in rows if at < len(cells))]
    yield "[[states]]"
    yield f"columns = [{_quoted(column)}]"
    yield f"[states.words]  # each means one of: {meanings}"
    for word in [word for word in words if word][:_MOST_WORDS]:
        meaning = next((each for each, known in _WORDS.items() if word.lower() in known), None)
        if meaning is None:
            yield f'# {_quoted(word)} = "?"  # say what it means, or its rows are rejected'
        else:
            yield f"{_quoted(word)} = {_quoted(meaning.value)}"
