"""Files brought by columns: to the last order, reject and repair what reading row by row gives."""

import csv
import io
from pathlib import Path

import pytest
from export_files import ALL, EXPORTS, read_exports
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from holdfast.importers.bulk.gathering import Sources
from holdfast.importers.bulk.job import Imported, Targets, bring
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.shelf import shipped
from holdfast.importers.history import History, Reject
from holdfast.importers.refusals import NoOrders
from thorough import examples

ZONE = "America/Sao_Paulo"
"""A zone whose clocks were put back and forward, so that hours are shown twice or never."""

PLAIN: dict[str, tuple[str, ...]] = {
    "order_id": (
        *[f"o-{number}" for number in range(12)],
        "",
        "a b",
        "１２",
        "店-1",
        "'=x",
        "=x",
        "é",
        "x" * 129,
    ),
    "merchant_id": ("m", "m-2", "旗舰店", "ｍ", " m ", "", "'+m"),
    "consumer_id": ("c", "c-1", "c-2", "买家1", "c\u200b"),
    "currency": ("CNY", "CNY", "CNY", "CNY", "JPY", "EUR", "DEM", "cny", "BHD", ""),
    "amount": (
        "10.00",
        "9.5",
        "7",
        "0",
        "0.00",
        "-1",
        "1e3",
        "99999999999.99",
        "999999999999999",
        "1.234",
        "1,00",
        "",
    ),
    "placed_at": (
        "2026-04-06T19:44:05Z",
        "2026-04-06 19:44:05",
        "2026-04-06T19:44:05.250Z",
        "2026-04-06T19:44:05+08:00",
        "2026-04-06",
        "2018-02-17 23:30:00",
        "2018-11-04 00:30:00",
        "1999-01-01 00:00:00",
        "2026-02-29 00:00:00",
        "2100-01-01T00:00:00Z",
        "2026-04-06T24:00:00Z",
        "2026-04-06t19:44:05Z",
        "",
    ),
    "shipped_at": (
        "",
        "",
        "2026-04-08 10:00:00",
        "2026-04-06T19:44:05Z",
        "2026-04-01T00:00:00Z",
        "2026-04-07",
    ),
    "delivered_at": ("", "", "2026-04-10 10:00:00", "2026-04-07T00:00:00Z", "2026-04-07"),
    "cancelled_at": ("", "", "", "2026-04-11 10:00:00", "2026-04-05 10:00:00"),
    "ship_by": ("", "2026-04-09 00:00:00", "2026-04-01 00:00:00", "2026-04-09"),
    "reviewed_at": ("", "", "2026-04-12 00:00:00", "2026-04-02 00:00:00"),
    "score": ("", "", "5", "1.0", "6"),
    "title": ("", "手工 曲奇", "a\tb", "x\ny", "'=1+1", "bell\x07"),
    "part_of": ("", "", "", "", "", "o-1", "o-2", "none"),
    "service": ("", "", "", "yes", "no", "maybe"),
    "refunded_amount": ("", "", "1.00", "0", "10.00", "11.00"),
    "refunded_at": ("", "", "2026-04-12 00:00:00", "2026-04-01T00:00:00Z"),
    "paid": ("", "", "", "yes", "no", "?"),
}

TAOBAO: dict[str, tuple[str, ...]] = {
    "订单编号": (
        *[f'="42899001300000{number}1"' for number in range(12)],
        "428990013000001",
        "4.28E+18",
        "",
        "合计",
    ),
    "买家会员名": ("tb_买家1", "tb 买家2", "", "ｔｂ", "buyer-3"),
    "买家实际支付金额": ("10.00", "0.00", "￥12.5", "1,234.50", "", "-", "x", "7元"),
    "总金额": ("10.00", "12.50", "", "0.00"),
    "订单状态": (
        "交易成功",
        "交易关闭",
        "等待买家付款",
        "卖家已发货，等待买家确认",
        "卖家部分发货",
        "?",
        "买家已收货",
    ),
    "订单创建时间": ("2026-04-06 19:44:05", "2026/4/6 19:44", "2026-04-06", "", "2026-04-06 19:44:05\t"),
    "订单付款时间": ("2026-04-06 19:50:05", "", "2026-04-06"),
    "发货时间": ("", "2026-04-08 10:00:00", "2026-04-01 10:00:00"),
    "确认收货时间": ("", "2026-04-10 10:00:00", "2026-04-07 00:00:00"),
    "退款金额": ("0.00", "", "1.00", "10.00", "99.00"),
    "宝贝标题": ("鞋", "两行\n标题", 'a "b", c', ""),
    "是否信用购": ("是", "否", ""),
    "店铺名称": ("样例店", "样例 店", ""),
}


def rows(pools: dict[str, tuple[str, ...]], usual: int) -> st.SearchStrategy[list[list[str]]]:
    """Rows of cells, most of them from the first few of each pool; and some that are no rows of orders."""
    cells = [
        st.one_of(st.sampled_from(pool[:usual]), st.sampled_from(pool[:usual]), st.sampled_from(pool))
        for pool in pools.values()
    ]
    others = [
        [""] * len(pools),
        [*pools],
        [f"这里是{name}" for name in pools],
        ["合计"] * len(pools),
        ["-", "--"],
    ]
    row = st.tuples(*cells).map(list)
    return st.lists(st.one_of(row, row, row, row, st.sampled_from(others)), min_size=1, max_size=12)


def text(header: list[str], body: list[list[str]], ending: str = "\n") -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator=ending)
    writer.writerow(header)
    writer.writerows(body)
    return written.getvalue()


def rejects_in(path: Path) -> list[Reject]:
    with path.open(encoding="utf-8", newline="") as file:
        return [Reject(row["file"], int(row["row"]), *[*row.values()][2:]) for row in csv.DictReader(file)]


def key(reject: Reject) -> tuple[str, int, str, str]:
    return reject.file, reject.row, reject.column, reject.reason


class Brought:
    """Files that were brought, and what the file that came of it reads as."""

    def __init__(self, folder: Path, paths: list[Path], asked: Asked, suffix: str = ".parquet") -> None:
        self.targets = Targets(folder / f"out{suffix}", folder / "rejects.csv", folder / "repairs.csv")
        self.told: Imported = bring(Sources(paths, shipped()), asked, self.targets)
        self.history = read_exports([self.targets.orders], Asked(), by_row=True)

    def check(self, right: History) -> None:
        assert list(self.history.orders) == list(right.orders)
        assert self.history.rejects == []
        assert self.told.currency == right.currency
        assert self.told.unpaid == right.unpaid
        assert self.told.orders == len(right.orders)
        assert self.told.repairs == right.repair_counts()
        assert self.told.left_out == {kind: count for kind, count in right.left_out.items() if count}
        assert self.told.dates_without_time == right.dates
        assert self.told.rejects == len(right.rejects)
        assert self.targets.rejects is not None
        assert sorted(map(key, rejects_in(self.targets.rejects))) == sorted(map(key, right.rejects))
        assert self.targets.repairs is not None
        with self.targets.repairs.open(encoding="utf-8", newline="") as file:
            repairs = [tuple(row) for row in [*csv.reader(file)][1:]]
        assert sorted(repairs) == sorted(tuple(map(str, each)) for each in right.repairs)


def compare(folder: Path, paths: list[Path], asked: Asked) -> None:
    right, found = read(paths, asked, by_row=True), read(paths, asked, by_row=False)
    if isinstance(right, History):
        assert isinstance(found, History)
        assert replace(found, rejects=[], repairs=[]) == replace(right, rejects=[], repairs=[])
        assert sorted(found.rejects) == sorted(right.rejects)
        assert sorted(found.repairs) == sorted(right.repairs)
    if isinstance(right, NoOrders):
        with pytest.raises(NoOrders) as refused:
            Brought(folder, paths, asked)
        assert refused.value.code == right.code
        assert refused.value.details["count"] == right.details["count"]
        return
    Brought(folder, paths, asked).check(right)


def read(paths: list[Path], asked: Asked, *, by_row: bool) -> History | NoOrders:
    try:
        return read_exports(paths, asked, by_row=by_row)
    except NoOrders as nothing:
        return nothing


@pytest.mark.skipif(not EXPORTS.is_dir(), reason=f"the samples of exports are not there: {EXPORTS}")
@pytest.mark.parametrize(
    "sample",
    [
        path.name
        for path in sorted(EXPORTS.glob("*"))
        if "order" in path.name.lower() and "resaved" not in path.name
    ],
)
def test_a_sample_gives_what_reading_row_by_row_gives(sample: str, tmp_path: Path) -> None:
    asked = ALL._replace(zone="Etc/GMT+4")
    compare(tmp_path, [EXPORTS / sample], asked)


@pytest.mark.skipif(not EXPORTS.is_dir(), reason=f"the samples of exports are not there: {EXPORTS}")
def test_samples_beside_each_other_and_twice(tmp_path: Path) -> None:
    paths = [EXPORTS / name for name in ("pdd_orders_export.csv", "jd_orders.csv", "pdd_orders_export.csv")]
    compare(tmp_path, paths, ALL)


@given(body=rows(PLAIN, 3), again=rows(PLAIN, 3), ending=st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=examples(150), deadline=None)
def test_a_plain_file_by_columns_is_what_it_is_row_by_row(
    tmp_path_factory: pytest.TempPathFactory, body: list[list[str]], again: list[list[str]], ending: str
) -> None:
    folder = tmp_path_factory.mktemp("plain")
    path = folder / "orders.csv"
    path.write_text(text([*PLAIN], body + again, ending), encoding="utf-8", newline="")
    compare(folder, [path], Asked(zone=ZONE))


@given(body=rows(TAOBAO, 2), again=rows(TAOBAO, 2), only=st.booleans())
@settings(max_examples=examples(150), deadline=None)
def test_an_export_by_columns_is_what_it_is_row_by_row(
    tmp_path_factory: pytest.TempPathFactory, body: list[list[str]], again: list[list[str]], *, only: bool
) -> None:
    folder = tmp_path_factory.mktemp("export")
    paths = [folder / "one.csv", folder / "two.csv"]
    for path, found in zip(paths, (body, again), strict=True):
        path.write_text(text([*TAOBAO], found), encoding="gb18030", newline="")
    asked = Asked(merchant="shop", each_consumer=True, only_pay_later=only)
    compare(folder, paths, asked)


SHOPIFY: dict[str, tuple[str, ...]] = {
    "Name": (*[f"#{number}" for number in range(9)], "", "1.2E+17", "№1"),
    "Email": ("a@example.com", "", "B@example.com"),
    "Financial Status": ("paid", "", "pending", "refunded", "partially_refunded", "?"),
    "Fulfillment Status": ("fulfilled", "", "unfulfilled", "partial"),
    "Paid at": ("2026-04-06 19:44:05 +0800", "", "2026-04-06 19:44:05"),
    "Fulfilled at": ("", "2026-04-08 10:00:00 +0800", "2026-04-01 10:00:00 -0430"),
    "Cancelled at": ("", "", "2026-04-09 10:00:00 +0800"),
    "Created at": ("2026-04-06 19:44:05 +0800", "2026-04-06T19:44:05+08:00", "", "2026-04-06", "x"),
    "Currency": ("CNY", "", "cny", "JPY"),
    "Total": ("10.00", "", "0.00", "$12.50", "1,234.50", "x"),
    "Refunded Amount": ("0.00", "", "1.00", "10.00", "99.00"),
    "Lineitem name": ("鞋", "two\nlines", ""),
}

DOUDIAN: dict[str, tuple[str, ...]] = {
    "主订单编号": (*[f"69234{number}" for number in range(9)], "", "\t692340"),
    "子订单编号": ("1", "2", "3"),
    "选购商品": ("鞋", "帽"),
    "订单提交时间": ("2026-04-06 19:44:05", "", "2026-04-06"),
    "支付完成时间": ("2026-04-06 19:50:05", ""),
    "发货时间": ("", "2026-04-08 10:00:00"),
    "订单完成时间": ("", "2026-04-10 10:00:00"),
    "订单状态": ("已完成", "已发货", "待支付", "已关闭", "?"),
    "售后状态": ("-", "退款成功", "售后关闭", ""),
    "订单应付金额": ("10.00", "7.50", "", "0", "-1"),
    "商品金额": ("10.00", "7.50"),
}


@pytest.mark.parametrize("pools", [SHOPIFY, DOUDIAN], ids=["shopify", "doudian"])
@given(data=st.data())
@settings(max_examples=examples(60), deadline=None)
def test_lines_of_orders_by_columns_are_what_they_are_row_by_row(
    tmp_path_factory: pytest.TempPathFactory, pools: dict[str, tuple[str, ...]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("lines")
    path = folder / "orders.csv"
    path.write_text(text([*pools], data.draw(rows(pools, 2))), encoding="utf-8", newline="")
    compare(folder, [path], ALL)


def test_which_of_two_rows_counts_and_their_order_do_not_depend_on_the_road(tmp_path: Path) -> None:
    header = [*TAOBAO]
    whole = [pool[0] for pool in TAOBAO.values()]
    guarded = [[f'="4289900130000{n}"', *whole[1:]] for n in (1, 2, 1, 3)]
    short = guarded[2][:-1]  # a row without its last cell is not read by columns
    path = tmp_path / "orders.csv"
    path.write_text(text(header, [guarded[0], guarded[1], short, guarded[3][:-1]]), "gb18030", newline="")
    asked = Asked(merchant="shop", each_consumer=True)
    compare(tmp_path, [path], asked)
    found = Brought(tmp_path, [path], asked)
    assert [reject.row for reject in rejects_in(tmp_path / "rejects.csv")] == [4]
    assert len(found.history.orders) == 3
