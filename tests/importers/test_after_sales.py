"""Refunds that stand apart from their orders: exports of after-sales, and files of our own form."""

from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import pytest
from export_files import ALL, read_exports, write
from file_making import archive, saved, sheet, text_cell, workbook

from holdfast.importers.bulk.gathering import Sources
from holdfast.importers.bulk.job import Targets, bring
from holdfast.importers.explaining import explained
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.refusals import NoForm, NotOrders
from holdfast.importers.exports.shelf import shipped
from holdfast.importers.history import History, HistoryOrder, HistoryRefund, LeftOut, RepairKind
from holdfast.importers.refusals import NoOrders, NotWritten
from holdfast.importers.source import read
from holdfast.kernel.clock import parse
from own_form import read_plain

ORDER = {
    "主订单编号": "6923400000000000011",
    "选购商品": "鞋",
    "订单提交时间": "2026-04-06 10:00:00",
    "支付完成时间": "2026-04-06 10:01:00",
    "发货时间": "2026-04-07 10:00:00",
    "订单完成时间": "2026-04-10 10:00:00",
    "订单状态": "已完成",
    "订单应付金额": "60.00",
}
COLUMNS = [*ORDER, "子订单编号", "售后状态"]
BACK = {
    "售后单号": "1467013828000000011",
    "订单号": "6923400000000000011",
    "售后类型": "退货退款",
    "售后状态": "同意退款，退款成功",
    "退商品金额（元）": "40.00",
    "售后完结时间": "2026-04-20 12:00:00",
}
LATER = parse("2026-04-20T12:00:00+08:00")


def orders(folder: Path, *lines: dict[str, str], name: str = "orders.csv") -> Path:
    return write(
        folder / name, COLUMNS, [{**ORDER, "子订单编号": str(n), **line} for n, line in enumerate(lines)]
    )


def back(folder: Path, *rows: dict[str, str], name: str = "back.csv") -> Path:
    return write(
        folder / name, [*BACK, "退运费金额（元）", "商家退款时间"], [{**BACK, **row} for row in rows]
    )


def joined(*paths: Path) -> History:
    """Read files in either order, by columns and row by row: it is the same."""
    found = read_exports(paths, ALL)
    again = read_exports([*reversed(paths)], ALL, by_row=True)
    assert (found.orders, found.left_out) == (again.orders, again.left_out)
    assert sorted(found.repairs) == sorted(again.repairs)
    assert sorted(found.rejects) == sorted(again.rejects)
    return found


def only(history: History) -> HistoryOrder:
    [order] = history.orders
    return order


def kinds(history: History) -> list[RepairKind]:
    return [repair.kind for repair in history.repairs]


def test_a_refund_is_dated_by_the_after_sale(tmp_path: Path) -> None:
    lines = orders(tmp_path, {}, {"售后状态": "退款成功", "订单应付金额": "40.00"})
    alone = read_exports([lines], ALL)
    assert kinds(alone) == [RepairKind.REFUNDED_UNKNOWN]
    assert only(alone).refunds[0].amount_minor == 4_000
    found = joined(lines, back(tmp_path, {}))
    assert only(found).refunds == (HistoryRefund(4_000, LATER),)
    assert (found.repairs, found.rejects, found.left_out) == ([], [], {})


def test_the_merchants_refund_counts_before_the_end_of_the_case_and_postage_with_it(tmp_path: Path) -> None:
    told = back(tmp_path, {"商家退款时间": "2026-04-18 12:00:00", "退运费金额（元）": "5.00"})
    found = only(joined(orders(tmp_path, {}), told))
    assert found.refunds == (HistoryRefund(4_500, parse("2026-04-18T12:00:00+08:00")),)


def test_several_refunds_of_an_order_come_back_out_of_the_files_that_import_writes(tmp_path: Path) -> None:
    second = {
        "售后单号": "1467013828000000012",
        "退商品金额（元）": "3.50",
        "售后完结时间": "2026-04-15 08:00:00",
    }
    paths = [orders(tmp_path, {}), back(tmp_path, {}, second)]
    found = joined(*paths)
    assert only(found).refunds == (
        HistoryRefund(350, parse("2026-04-15T08:00:00+08:00")),
        HistoryRefund(4_000, LATER),
    )
    told = bring(Sources(paths, shipped()), ALL, Targets(tmp_path / "out.parquet"))
    assert told.files == [str(tmp_path / "out.parquet"), str(tmp_path / "out-refunds.parquet")]
    assert read_exports([*map(Path, told.files)], ALL).orders == found.orders


def test_an_order_of_which_all_went_back_ends_at_the_last_refund(tmp_path: Path) -> None:
    lines = orders(tmp_path, {"售后状态": "退款成功"})
    assert kinds(read_exports([lines], ALL)) == [RepairKind.CANCELLED_WITHOUT_DATE]
    found = joined(lines, back(tmp_path, {"退商品金额（元）": "60.00"}))
    assert (only(found).cancelled_at, only(found).refunds, found.repairs) == (LATER, (), [])


def test_an_order_that_went_back_in_two_keeps_the_first_refund_and_ends_at_the_second(tmp_path: Path) -> None:
    first = {
        "售后单号": "1467013828000000012",
        "退商品金额（元）": "20.00",
        "售后完结时间": "2026-04-15 08:00:00",
    }
    found = only(joined(orders(tmp_path, {"售后状态": "退款成功"}), back(tmp_path, {}, first)))
    assert found.refunds == (HistoryRefund(2_000, parse("2026-04-15T08:00:00+08:00")),)
    assert found.cancelled_at == LATER


def test_an_end_before_what_came_before_it_is_moved_and_told(tmp_path: Path) -> None:
    told = back(tmp_path, {"退商品金额（元）": "60.00", "售后完结时间": "2026-04-08 12:00:00"})
    found = joined(orders(tmp_path, {"售后状态": "退款成功"}), told)
    assert only(found).cancelled_at == only(found).delivered_at
    assert [(each.file, each.row, each.kind) for each in found.repairs] == [
        ("back.csv", 2, RepairKind.CANCELLED_TOO_EARLY)
    ]


def test_what_more_went_back_than_is_told_keeps_its_estimate(tmp_path: Path) -> None:
    lines = orders(tmp_path, {}, {"售后状态": "退款成功", "订单应付金额": "40.00"})
    found = joined(lines, back(tmp_path, {"退商品金额（元）": "15.00"}))
    assert sorted(each.amount_minor for each in only(found).refunds) == [1_500, 2_500]
    assert kinds(found) == [RepairKind.REFUNDED_UNKNOWN]


def test_more_than_the_order_was_for_is_a_reject(tmp_path: Path) -> None:
    again = {"售后单号": "1467013828000000012", "售后完结时间": "2026-04-21 12:00:00"}
    found = joined(orders(tmp_path, {}), back(tmp_path, {}, again))
    assert only(found).refunds == (HistoryRefund(4_000, LATER),)
    [reject] = found.rejects
    assert (reject.file, reject.row) == ("back.csv", 3)
    assert (reject.column, reject.value) == ("退商品金额（元）", "40.00")
    assert "more was refunded" in reject.reason


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"售后状态": "谜"}, "not known"),
        ({"退商品金额（元）": "-"}, "the amount is missing"),
        ({"退商品金额（元）": "-1"}, "negative"),
        ({"退商品金额（元）": "1.234"}, "not exact"),
        ({"订单号": "6.92E+18"}, "the id is lost"),
        ({"订单号": ""}, "missing"),
        ({"售后完结时间": "yesterday"}, "no time"),
    ],
)
def test_a_row_that_cannot_be_taken_is_a_reject(tmp_path: Path, row: dict[str, str], said: str) -> None:
    found = joined(orders(tmp_path, {}), back(tmp_path, row))
    assert only(found).refunds == ()
    [reject] = found.rejects
    assert (reject.file, reject.row) == ("back.csv", 2)
    assert said in reject.reason


@pytest.mark.parametrize("row", [{"售后状态": "售后关闭"}, {"退商品金额（元）": "0.00"}])
def test_where_nothing_went_back_nothing_is_told(tmp_path: Path, row: dict[str, str]) -> None:
    found = joined(orders(tmp_path, {}), back(tmp_path, row))
    assert (only(found).refunds, found.rejects, found.left_out) == ((), [], {})


def test_a_refund_of_another_order_is_counted(tmp_path: Path) -> None:
    found = joined(orders(tmp_path, {}), back(tmp_path, {"订单号": "6923400000000000099"}))
    assert (only(found).refunds, found.rejects) == ((), [])
    assert found.left_out == {LeftOut.REFUND_ELSEWHERE: 1}


def test_an_order_of_another_platform_with_the_same_id_is_another_order(tmp_path: Path) -> None:
    theirs = tmp_path / "plain.csv"
    theirs.write_text(
        "order_id,merchant_id,consumer_id,currency,amount,placed_at\n"
        "6923400000000000011,m,c,CNY,60,2026-04-01T00:00:00Z\n",
        "utf-8",
    )
    found = read_exports([theirs, back(tmp_path, {})], ALL)
    assert (only(found).refunds, found.left_out) == ((), {LeftOut.REFUND_ELSEWHERE: 1})


def test_of_a_refund_in_two_exports_the_later_one_counts_and_twice_in_one_is_a_reject(tmp_path: Path) -> None:
    first = back(tmp_path, {"退商品金额（元）": "1.00"}, name="a.csv")
    second = back(tmp_path, {}, {}, name="b.csv")
    found = read_exports([orders(tmp_path, {}), first, second], ALL)
    assert only(found).refunds == (HistoryRefund(4_000, LATER),)
    assert [(each.file, each.row) for each in found.rejects] == [("b.csv", 3)]
    assert "already in row 2" in found.rejects[0].reason


def test_what_a_later_export_says_was_not_refunded_after_all_was_not(tmp_path: Path) -> None:
    paths = [back(tmp_path, {}, name="a.csv"), back(tmp_path, {"售后状态": "售后关闭"}, name="b.csv")]
    assert only(read_exports([orders(tmp_path, {}), *paths], ALL)).refunds == ()


def test_a_refund_of_another_order_under_the_same_id_is_a_reject(tmp_path: Path) -> None:
    other = {"订单号": "6923400000000000012"}
    lines = orders(tmp_path, {}, {"主订单编号": other["订单号"]})
    found = read_exports([lines, back(tmp_path, {}, name="a.csv"), back(tmp_path, other, name="b.csv")], ALL)
    assert [[refund.amount_minor for refund in order.refunds] for order in found.orders] == [[4_000], []]
    [reject] = found.rejects
    assert (reject.file, "of order 6923400000000000011" in reject.reason) == ("b.csv", True)


def test_ids_of_refunds_that_a_spreadsheet_rounded_are_rejects(tmp_path: Path) -> None:
    lost = [{"售后单号": f"14670138280000{n}0000"[:15] + "0000"} for n in range(3)]
    found = read_exports([orders(tmp_path, {}), back(tmp_path, *lost)], ALL)
    assert {reject.reason for reject in found.rejects} == {
        "the id is lost: a spreadsheet has thrown its last digits away"
    }


def test_blank_rows_and_a_header_again_are_counted(tmp_path: Path) -> None:
    header = {name: name for name in (*BACK, "退运费金额（元）", "商家退款时间")}
    found = joined(orders(tmp_path, {}), back(tmp_path, {}, header, dict.fromkeys(BACK, "-")))
    assert (found.rejects, found.left_out) == ([], {LeftOut.NO_ORDER: 2})


def test_a_word_that_is_new_is_added_to_a_form_of_ones_own_beside_that_of_the_orders(tmp_path: Path) -> None:
    paths = [orders(tmp_path, {}), back(tmp_path, {"售后状态": "售后成功"})]
    [reject] = read_exports(paths, ALL).rejects
    assert "with --map" in reject.fix
    form = resources.files("holdfast.importers.exports") / "shipped" / "doudian-aftersales.toml"
    mine = tmp_path / "mine.toml"
    mine.write_text(form.read_text("utf-8") + '"售后成功" = "refunded"\n', "utf-8")
    found = read([*map(str, paths)], asked=ALL, zone=ALL.zone, maps=["doudian", str(mine)])
    assert (only(found).refunds, found.rejects) == ((HistoryRefund(4_000, LATER),), [])


def test_after_sales_alone_are_refused_with_what_they_are_for(tmp_path: Path) -> None:
    with pytest.raises(NotOrders, match="together with that export"):
        read_exports([back(tmp_path, {})], ALL)


OURS = "order_id,merchant_id,consumer_id,currency,amount,placed_at,refunded_amount,refunded_at\n"


def ours(folder: Path, *rows: str, refunds: Sequence[str] = ()) -> list[Path]:
    paths = [folder / "ours.csv", folder / "ours-refunds.csv"]
    paths[0].write_text(OURS + "".join(f"{row}\n" for row in rows), "utf-8")
    paths[1].write_text("order_id,amount,refunded_at\n" + "".join(f"{row}\n" for row in refunds), "utf-8")
    return paths


def test_a_file_of_refunds_among_the_files_is_found(tmp_path: Path) -> None:
    row = "o,m,c,CNY,60,2026-04-01T00:00:00Z,10,2026-04-02T00:00:00Z"
    paths = ours(tmp_path, row, refunds=["o,20,2026-04-03T00:00:00Z", "gone,1,2026-04-03T00:00:00Z"])
    found = joined(*paths)
    assert [refund.amount_minor for refund in only(found).refunds] == [1_000, 2_000]
    assert [(each.file, each.row) for each in found.rejects] == [("ours-refunds.csv", 3)]
    named = read_plain(paths[0], refunds=paths[1:])
    assert (named.orders, named.rejects) == (found.orders, found.rejects)


def test_a_refund_that_is_told_twice_is_one(tmp_path: Path) -> None:
    row = "o,m,c,CNY,60,2026-04-01T00:00:00Z,10,2026-04-02T00:00:00Z"
    again = ["o,10,2026-04-02T00:00:00Z", "o,5,2026-04-03T00:00:00Z", "o,5,2026-04-03T00:00:00Z"]
    paths = ours(tmp_path, row, refunds=again)
    copy = tmp_path / "copy-refunds.csv"
    copy.write_bytes(paths[1].read_bytes())
    found = read_exports([*paths, paths[1], copy], ALL)
    assert [refund.amount_minor for refund in only(found).refunds] == [1_000, 500, 500]
    assert [(each.file, each.row) for each in found.rejects] == [
        ("ours-refunds.csv", 2),
        *[("copy-refunds.csv", row) for row in (2, 3, 4)],
    ]
    assert all("already" in each.reason for each in found.rejects)
    assert read_plain(paths[0], refunds=[paths[1], paths[1]]).orders == found.orders


def test_refunds_of_orders_of_which_none_was_taken_change_nothing(tmp_path: Path) -> None:
    paths = ours(tmp_path, "o,m,c,CNY,x,2026-04-01T00:00:00Z,,", refunds=["o,10,2026-04-02T00:00:00Z"])
    with pytest.raises(NoOrders) as refused:
        read_exports([*reversed(paths)], ALL)
    assert refused.value.where == str(paths[0])
    targets = Targets(tmp_path / "out.csv", tmp_path / "rejects.csv")
    with pytest.raises(NoOrders):
        bring(Sources([*reversed(paths)], shipped()), ALL, targets)
    assert "ours.csv,2,amount,x" in (tmp_path / "rejects.csv").read_text("utf-8")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_refunds_that_stood_beside_an_earlier_output_are_gone_with_it(tmp_path: Path, suffix: str) -> None:
    row = "o,m,c,CNY,60,2026-04-01T00:00:00Z,10,2026-04-02T00:00:00Z"
    paths = ours(tmp_path, row, refunds=["o,5,2026-04-03T00:00:00Z"])
    target = tmp_path / f"out{suffix}"
    assert len(bring(Sources(paths, shipped()), ALL, Targets(target)).files) == 2
    assert bring(Sources(paths[:1], shipped()), ALL, Targets(target)).files == [str(target)]
    assert not target.with_name(f"out-refunds{suffix}").exists()


def test_files_take_their_places_together(tmp_path: Path) -> None:
    row = "o,m,c,CNY,60,2026-04-01T00:00:00Z,10,2026-04-02T00:00:00Z"
    paths = ours(tmp_path, row, refunds=["o,5,2026-04-03T00:00:00Z"])
    (tmp_path / "out-refunds.csv").mkdir()  # in the way of the last one
    (tmp_path / "repairs.csv").write_text("as it was", "utf-8")
    with pytest.raises(NotWritten):
        bring(Sources(paths, shipped()), ALL, Targets(tmp_path / "out.csv", None, tmp_path / "repairs.csv"))
    assert not [*tmp_path.glob(".*")]


def test_our_refunds_in_a_zip_and_in_a_workbook(tmp_path: Path) -> None:
    row = "o,m,c,CNY,60,2026-04-01T00:00:00Z,10,2026-04-02T00:00:00Z"
    paths = ours(tmp_path, row, refunds=["o,5,2026-04-03T00:00:00Z", "", "p,1,2026-04-03T00:00:00Z"])
    right = read_exports(paths, ALL)
    packed = saved(tmp_path, archive({path.name: path.read_bytes() for path in paths}), "both.zip")
    assert read_exports([packed], ALL).orders == right.orders
    sheets = {path.stem: sheet(*(cells(n, line.split(",")) for n, line in lines(path))) for path in paths}
    assert read_exports([saved(tmp_path, workbook(sheets), "both.xlsx")], ALL).orders == right.orders
    wider = tmp_path / "warehouse.csv"
    wider.write_text("order_id,amount,refunded_at,buyer\no,5,2026-04-03,b\n", "utf-8")
    with pytest.raises(NoForm):
        read_exports([paths[0], wider], ALL)


def lines(path: Path) -> enumerate[str]:
    return enumerate(path.read_text("utf-8").splitlines(), start=1)


def cells(number: int, row: list[str]) -> str:
    return "".join(text_cell(f"{chr(ord('A') + at)}{number}", cell) for at, cell in enumerate(row) if cell)


def test_refunds_are_explained(tmp_path: Path) -> None:
    paths = ours(tmp_path, "o,m,c,CNY,60,2026-04-01T00:00:00Z,,", refunds=["o,5,2026-04-03T00:00:00Z"])
    [first, second] = explained([*map(str, paths)], [], Asked())
    assert (first.form, second.form, second.kind) == ("holdfast", "holdfast-refunds", "plain-refunds")
    assert [(each.field, each.values) for each in second.fields][:2] == [
        ("order_id", ("o",)),
        ("amount", ("5",)),
    ]
    assert "together" in second.purpose


def test_our_refunds_belong_to_orders_of_exports_too_and_add_to_what_is_told_elsewhere(
    tmp_path: Path,
) -> None:
    [_, refunds] = ours(tmp_path, refunds=["6923400000000000011,7,2026-04-12T00:00:00Z"])
    found = joined(orders(tmp_path, {}), back(tmp_path, {"退商品金额（元）": "40.00"}), refunds)
    assert [refund.amount_minor for refund in only(found).refunds] == [700, 4_000]


def test_refunds_of_our_form_alone_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotOrders, match="a file of refunds"):
        read_exports(ours(tmp_path)[1:], ALL)
