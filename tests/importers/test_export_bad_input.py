"""What people really hand over: totals, two headers, shifted columns, lost ids; each read or told."""

from pathlib import Path

import pytest
from export_files import ALL, form_named, history, read_exports, readings, rejects_of, write
from hypothesis import given
from hypothesis import strategies as st

from holdfast.importers.bulk.gathering import Sources
from holdfast.importers.bulk.whole import read_whole
from holdfast.importers.cells import BadCell
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.cleaning import amount, bare, check_whole
from holdfast.importers.exports.form import Form, parse
from holdfast.importers.exports.playable import pseudonym
from holdfast.importers.exports.refusals import NotOrders, OptionsNeeded, PayLaterUnmarked
from holdfast.importers.history import LeftOut, RepairKind
from holdfast.importers.refusals import NoOrders
from holdfast.kernel.clock import DAY
from holdfast.kernel.clock import parse as instant

COLUMNS = (
    "订单编号",
    "买家会员名",
    "总金额",
    "买家实际支付金额",
    "订单状态",
    "订单创建时间",
    "订单付款时间 ",
    "店铺名称",
    "退款金额",
    "确认收货时间",
    "发货时间",
    "是否信用购",
)
DONE = {
    "买家会员名": "tb_1",
    "总金额": "129.00",
    "买家实际支付金额": "129.00",
    "订单状态": "交易成功",
    "订单创建时间": "2026-04-03 11:40:21",
    "订单付款时间 ": "2026-04-03 11:41:00",
    "店铺名称": "清禾茶具店",
    "退款金额": "0.00",
    "确认收货时间": "2026-04-09 22:55:05",
    "发货时间": "2026-04-05 05:38:05",
    "是否信用购": "否",
}
ID = "4289900130845734060"

GUARDS = ('="X"', "'X", "\tX", "X\t", " X ", "`X", "\ufeffX", '="X"\t')
"""What platforms put around an id, so that a spreadsheet leaves it alone."""


def taobao(folder: Path, *rows: dict[str, str]) -> Path:
    return write(folder / "orders.csv", COLUMNS, rows, "gb18030")


def done(order_id: str = ID, **changes: str) -> dict[str, str]:
    return {**DONE, "订单编号": order_id, **changes}


@pytest.mark.parametrize(
    "written",
    [
        f'="{ID}"',
        f"'{ID}",
        f"\t{ID}",
        f"{ID}\t",
        f" {ID} ",
        f"`{ID}",
        "４２８９９００１３０８４５７３４０６０",
        f"\ufeff{ID}",
    ],
)
def test_an_id_is_taken_out_of_what_guards_it(tmp_path: Path, written: str) -> None:
    [order] = history(taobao(tmp_path, done(written))).orders
    assert order.id == ID


def refused(path: Path) -> NoOrders:
    with pytest.raises(NoOrders) as found:
        history(path)
    return found.value


@pytest.mark.parametrize("lost", ["4.28990E+18", "4.2899e+18", "4E+18"])
def test_an_id_that_a_spreadsheet_spoilt_is_a_reject_that_says_how_to_export_again(
    tmp_path: Path, lost: str
) -> None:
    read = history(taobao(tmp_path, done(), done(lost)))
    [reject] = read.rejects
    assert (reject.row, reject.column, reject.value) == (3, "订单编号", lost)
    assert "Export the file again" in reject.fix
    assert [order.id for order in read.orders] == [ID]


@pytest.mark.parametrize("lost", ["4289900130845730000", "428990013084573000", "4289900130845730"])
def test_ids_that_a_spreadsheet_rounded_are_rejects(tmp_path: Path, lost: str) -> None:
    found = refused(taobao(tmp_path, *(done(f"{int(lost) + number * 10**4}") for number in range(4))))
    assert found.details["count"] == 4
    assert "a spreadsheet has thrown its last digits away" in found.rejects[0].reason


def test_an_id_that_ends_in_zeros_among_others_is_whole(tmp_path: Path) -> None:
    """Of ids of 19 digits one in ten thousand does."""
    read = history(taobao(tmp_path, done(), done("4289900130845730000")))
    assert {order.id for order in read.orders} == {ID, "4289900130845730000"}
    assert read.rejects == []


@given(st.integers(0, 10**15 - 1).map(str))
def test_an_id_of_at_most_15_digits_is_never_called_lost(text: str) -> None:
    check_whole("id", text, rounded=True)


@pytest.mark.parametrize("empty", ["", "-", "--", "\t", " ", "\u00a0", '=""', "'"])
def test_what_stands_for_nothing_is_nothing(tmp_path: Path, empty: str) -> None:
    row = done(订单状态="卖家已发货，等待买家确认", 确认收货时间=empty, 退款金额=empty)
    [order] = history(taobao(tmp_path, row)).orders
    assert order.delivered_at is None
    assert order.refunds == ()


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        ("129.00", 12_900),
        ("￥129", 12_900),
        ("¥1,299.00", 129_900),
        ("1,299元", 129_900),
        ("１２９．５０", 12_950),
        ("12.50元", 1_250),
    ],
)
def test_an_amount_is_read_by_the_signs_of_its_form(tmp_path: Path, written: str, minor: int) -> None:
    [order] = history(taobao(tmp_path, done(买家实际支付金额=written, 总金额=written))).orders
    assert order.amount_minor == minor


@pytest.mark.parametrize(
    "written", ["1,29", "12,99.00", "1.299,00", "12.345", "1e3", "0x10", "abc", "NaN", "129 00 x"]
)
def test_an_amount_that_could_be_two_is_none(tmp_path: Path, written: str) -> None:
    read = history(taobao(tmp_path, done(), done("1", 买家实际支付金额=written)))
    [reject] = read.rejects
    assert (reject.row, reject.column) == (3, "买家实际支付金额")


def test_a_decimal_comma_is_read_where_the_form_says_so() -> None:
    german: Form = parse(
        'name="g"\nzh="g"\nen="g"\nseen="here"\nheader=["a"]\ndecimal=","\nthousands="."\n[fields]\n'
        'order_id={columns=["a"]}\namount={columns=["b"]}\nplaced_at={columns=["c"]}',
        "g",
    )
    assert amount("b", "1.299,50 €", german, "EUR") == 129_950
    assert amount("b", "-12,5", german, "EUR") == -1_250
    with pytest.raises(BadCell):
        amount("b", "1,299.50", german, "EUR")


@given(st.integers(-(10**12), 10**12))
def test_an_amount_with_thousands_is_the_number_that_was_written(minor: int) -> None:
    written = f"{minor / 100:,.2f}" if abs(minor) < 10**13 else ""
    assert amount("b", written, form_named("taobao"), "CNY") == minor


def test_totals_blank_rows_and_a_header_again_are_no_orders(tmp_path: Path) -> None:
    header = {name: name for name in COLUMNS}
    blank: dict[str, str] = {}
    rows = (done("1"), blank, header, done("2"), {"订单编号": "-", "买家会员名": "--"})
    read = history(taobao(tmp_path, *rows))
    assert [order.id for order in read.orders] == ["1", "2"]
    assert read.rejects == []
    assert read.left_out[LeftOut.NO_ORDER] == 2  # the blank row is no row to the reader of CSV


def test_explanations_below_the_header_are_no_order(tmp_path: Path) -> None:
    explained = {name: f"这里是{name.strip()}" for name in COLUMNS}
    read = history(taobao(tmp_path, explained, done("1")))
    assert [order.id for order in read.orders] == ["1"]
    assert (read.rejects, read.left_out[LeftOut.NO_ORDER]) == ([], 1)


def test_an_order_twice_in_one_file_is_a_reject(tmp_path: Path) -> None:
    read = history(taobao(tmp_path, done("1"), done("2"), done("1", 买家实际支付金额="5.00")))
    assert [(order.id, order.amount_minor) for order in read.orders] == [("1", 12_900), ("2", 12_900)]
    [reject] = read.rejects
    assert (reject.row, "already in row 2" in reject.reason) == (4, True)


def test_a_table_of_goods_beside_the_orders_is_left_out_and_told(tmp_path: Path) -> None:
    orders = taobao(tmp_path, done("1"))
    goods = write(tmp_path / "goods.csv", ["订单编号", "标题", "价格", "购买数量"], [], "gb18030")
    read = read_exports([orders, goods], ALL)
    assert (len(read.orders), read.left_out[LeftOut.OTHER_TABLE]) == (1, 1)


def test_of_an_order_that_a_later_file_calls_unpaid_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "later").mkdir()
    before = taobao(tmp_path, done("1"), done("2"))
    gone = {
        "订单状态": "交易关闭",
        "订单付款时间 ": "",
        "买家实际支付金额": "0.00",
        "发货时间": "",
        "确认收货时间": "",
    }
    read = read_exports([before, taobao(tmp_path / "later", done("1", **gone))], ALL)
    assert ([order.id for order in read.orders], read.unpaid) == (["2"], 1)


def test_a_comma_that_nobody_quoted_costs_its_row(tmp_path: Path) -> None:
    path = taobao(tmp_path, done("1"), done("2"))
    text = path.read_text(encoding="gb18030").splitlines()
    text[1] = text[1].replace("tb_1", "tb,1", 1) + ",x"
    path.write_text("\n".join(text), encoding="gb18030")
    read = history(path)
    assert [order.id for order in read.orders] == ["2"]
    [reject] = read.rejects
    assert reject.row == 2
    assert "columns" in reject.reason


def test_a_state_that_is_not_known_is_a_reject_that_lists_the_known_ones(tmp_path: Path) -> None:
    read = history(taobao(tmp_path, done("1"), done("2", 订单状态="等待火星快递")))
    [reject] = read.rejects
    assert (reject.row, reject.column, reject.value) == (3, "订单状态", "等待火星快递")
    assert "交易成功" in reject.fix
    assert "--map" in reject.fix


def test_states_are_known_with_commas_of_either_width(tmp_path: Path) -> None:
    [order] = history(taobao(tmp_path, done("1", 订单状态="卖家已发货,等待买家确认"))).orders
    assert order.shipped_at is not None


def test_more_back_than_was_owed_is_a_reject(tmp_path: Path) -> None:
    read = history(taobao(tmp_path, done("1"), done("2", 退款金额="129.01")))
    [reject] = read.rejects
    assert (reject.row, reject.column) == (3, "退款金额")


def test_a_time_of_another_way_of_writing_is_a_reject_and_no_guess(tmp_path: Path) -> None:
    read = history(taobao(tmp_path, done("1"), done("2", 订单创建时间="03/04/2026 11:40")))
    [reject] = read.rejects
    assert (reject.row, reject.column) == (3, "订单创建时间")


def test_a_line_that_cannot_be_taken_costs_its_order_and_no_other(tmp_path: Path) -> None:
    columns = (
        "主订单编号",
        "子订单编号",
        "订单应付金额",
        "订单提交时间",
        "支付完成时间",
        "订单状态",
        "售后状态",
    )

    def line(order: str, amount: str) -> dict[str, str]:
        time = "2026-04-05 12:54:33"
        return dict(zip(columns, (order, order + amount, amount, time, time, "待发货", "-"), strict=True))

    rows = (line("1", "5.00"), line("2", "1.00"), line("1", "x"), line("1", "7.00"), line("2", "0.50"))
    path = write(tmp_path / "doudian.csv", columns, rows)
    reader, found = readings(path)
    [order] = [each.found for each in found if each.found]
    assert (order.order_id, order.amount_minor, order.lines) == ("2", 150, 2)
    assert sorted(reject.row for reject in rejects_of(found)) == [2, 4, 5]
    assert reader.left_out == 0


def test_every_row_is_an_order_a_line_or_is_told(tmp_path: Path) -> None:
    rows = (
        done("1"),
        done("1"),
        done("", 买家会员名="x"),
        done("3", 订单状态="等待买家付款", 买家实际支付金额="0.00"),
    )
    read = history(taobao(tmp_path, *rows))
    taken = len(read.orders) + read.unpaid + len(read.rejects) + sum(read.left_out.values())
    assert taken == len(rows)


def test_what_is_missing_is_asked_for_at_once(tmp_path: Path) -> None:
    form = form_named("shopify")
    bare_form = [name for name in (*form.header, "Email") if name != "Currency"]
    row = {"Name": "#1", "Total": "5", "Created at": "2026-04-06 19:44:05 -0400", "Financial Status": "paid"}
    path = write(tmp_path / "shopify.csv", [name for name in bare_form if name != "Email"], [row])
    with pytest.raises(OptionsNeeded) as refused:
        history(path, Asked())
    assert all(option in str(refused.value) for option in ("--merchant", "--consumer each", "--currency"))
    assert "--zone" not in str(refused.value)  # its times carry their offsets
    assert len(history(path, ALL).orders) == 1


def test_only_what_is_marked_as_paid_after_use_is_taken_where_it_is_asked_for(tmp_path: Path) -> None:
    rows = (done("1"), done("2", 是否信用购="是"))
    read = history(taobao(tmp_path, *rows), ALL._replace(only_pay_later=True))
    assert [order.id for order in read.orders] == ["2"]
    assert read.left_out[LeftOut.NOT_PAY_LATER] == 1
    columns = [name for name in COLUMNS if name != "是否信用购"]
    unmarked = write(tmp_path / "unmarked.csv", columns, rows[:1], "gb18030")
    with pytest.raises(PayLaterUnmarked):
        history(unmarked, ALL._replace(only_pay_later=True))


def test_of_an_order_in_two_files_the_later_counts(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    before = taobao(
        tmp_path / "a",
        done("1", 订单状态="买家已付款，等待卖家发货", 发货时间="", 确认收货时间=""),
        done("2"),
    )
    after = taobao(tmp_path / "b", done("1"))
    read = read_exports([before, after], ALL)
    assert {order.id: order.delivered_at is not None for order in read.orders} == {"1": True, "2": True}
    assert read.left_out[LeftOut.REPLACED] == 1


def test_a_time_that_the_file_lacks_is_estimated_and_told(tmp_path: Path) -> None:
    read = history(taobao(tmp_path, done("1", 发货时间="", 确认收货时间="")))
    [order] = read.orders
    placed = instant("2026-04-03T11:40:21+08:00")
    assert (order.placed_at, order.shipped_at, order.delivered_at) == (
        placed,
        placed + 2 * DAY,
        placed + 5 * DAY,
    )
    assert set(read.repair_counts()) == {RepairKind.SHIPPED_WITHOUT_DATE, RepairKind.DELIVERED_WITHOUT_DATE}


def test_what_was_sent_before_it_was_paid_is_no_order_that_was_never_paid(tmp_path: Path) -> None:
    """Goods first and money later is what this is for: only what was neither paid nor sent is left out."""
    sent = done(
        "1",
        **{"订单状态": "等待买家付款", "订单付款时间 ": "", "确认收货时间": "", "买家实际支付金额": "0.00"},
    )
    refused = done(
        "2", **{"订单状态": "交易关闭", "订单付款时间 ": "", "确认收货时间": "", "买家实际支付金额": "0.00"}
    )
    read = history(taobao(tmp_path, sent, refused))
    assert read.unpaid == 0
    assert [(order.id, order.amount_minor) for order in read.orders] == [("1", 12_900), ("2", 12_900)]
    assert [order.cancelled_at is not None for order in read.orders] == [False, True]


def test_who_somebody_is_becomes_a_pseudonym_that_only_the_key_makes_again() -> None:
    one = pseudonym(b"key", "Anna@Example.com")
    assert one == pseudonym(b"key", "anna@example.com")
    assert one != pseudonym(b"other", "anna@example.com")
    assert "anna" not in one


def test_an_e_mail_is_never_kept(tmp_path: Path) -> None:
    form = form_named("shopify")
    row = {
        "Name": "#1",
        "Email": "anna@example.com",
        "Financial Status": "paid",
        "Total": "5.00",
        "Created at": "2026-04-06 19:44:05 -0400",
        "Lineitem name": "Pin",
        "Phone": "+31600000000",
    }
    path = write(tmp_path / "shopify.csv", [*form.header, "Email", "Phone"], [row, {**row, "Name": "#2"}])
    read = history(path)
    assert "anna" not in repr(read)
    assert "+316" not in repr(read)
    assert len({order.consumer_id for order in read.orders}) == 1


def test_a_statement_is_refused_with_what_it_is_for(tmp_path: Path) -> None:

    statement = parse(
        'name="bill"\nzh="账单"\nen="a bill"\nseen="here"\nkind="statement"\npurpose="reconciling payments"\n'
        'header=["交易时间"]',
        "bill",
    )
    path = write(tmp_path / "bill.csv", ["交易时间"], [])
    with pytest.raises(NotOrders) as refused:
        read_whole(Sources([path], [statement], mapped=True), ALL)
    assert "reconciling payments" in str(refused.value)


@given(st.text(st.characters(categories=["L", "N"]), min_size=1), st.sampled_from(GUARDS))
def test_every_guard_comes_off_and_nothing_else(text: str, guard: str) -> None:
    assert bare(guard.replace("X", text), frozenset()) == bare(text, frozenset()) == text
