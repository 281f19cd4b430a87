"""What orders have in common, as keyed hashes: the same for the same, and nothing of it can be read."""

import csv
from collections import defaultdict
from pathlib import Path

from export_files import write
from hypothesis import given
from hypothesis import strategies as st

from holdfast.importers.bulk.gathering import Sources
from holdfast.importers.bulk.job import Targets, bring
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.form import Name
from holdfast.importers.exports.links import Linker
from holdfast.importers.exports.shelf import shipped

ASKED = Asked("shop", "Asia/Shanghai", "CNY", each_consumer=True, key=b"secret")
LINKER = Linker(b"secret")

TAOBAO = {
    "买家会员名": "tb",
    "买家实际支付金额": "10.00",
    "订单状态": "交易成功",
    "订单创建时间": "2026-04-06 19:44:05",
    "订单付款时间": "2026-04-06 19:50:05",
    "发货时间": "2026-04-07 10:00:00",
    "确认收货时间": "2026-04-10 10:00:00",
}
COLUMNS = ["订单编号", *TAOBAO, "联系手机", "联系电话", "收货地址", "物流单号"]

SHOPIFY = {
    "Financial Status": "paid",
    "Fulfillment Status": "unfulfilled",
    "Total": "10.00",
    "Created at": "2026-04-06 19:44:05 +0800",
    "Paid at": "2026-04-06 19:44:05 +0800",
}


def taobao(folder: Path, *rows: dict[str, str], name: str = "orders.csv") -> Path:
    numbered = [{"订单编号": f"42899001300000{n}1", **TAOBAO, **row} for n, row in enumerate(rows, start=1)]
    return write(folder / name, COLUMNS, numbered)


def linked(path: Path, asked: Asked = ASKED, *, by_row: bool = False) -> dict[str, set[tuple[str, str]]]:
    """The links of the orders of a file, by the last digits of their ids."""
    targets = Targets(path.with_suffix(".parquet"), links=path.with_name("links.csv"))
    told = bring(Sources([path], shipped(), by_row=by_row), asked, targets)
    assert targets.links is not None
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    with targets.links.open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    for row in rows:
        found[row["order_id"]].add((row["kind"], row["hash"]))
    assert told.links == len(rows)
    return dict(found)


def test_orders_to_one_phone_are_linked_however_it_is_written(tmp_path: Path) -> None:
    written = (
        "13800001111",
        "'138 0000 1111",
        "+86-138-0000-1111",
        "１３８００００１１１１",
        "0086 13800001111",
    )
    found = linked(taobao(tmp_path, *({"联系手机": each} for each in written), {"联系手机": "13800002222"}))
    links = list(found.values())
    assert len(links) == 6
    assert all(each == links[0] for each in links[:5])
    assert links[5] != links[0]


def test_what_is_masked_links_nobody(tmp_path: Path) -> None:
    masked = {"联系手机": "'1380000****", "收货地址": "浙江省 杭州市 ** ****(000000)", "物流单号": "SF****1"}
    assert linked(taobao(tmp_path, masked, masked)) == {}


def test_nothing_of_it_can_be_read_in_the_files(tmp_path: Path) -> None:
    row = {"联系手机": "13800001111", "收货地址": "样例路 17 号 3 单元", "物流单号": "No:SF130983211561"}
    path = taobao(tmp_path, row)
    assert {kind for kind, _ in linked(path)["4289900130000011"]} == {"phone", "address", "tracking"}
    for each in (path.with_suffix(".parquet"), path.with_name("links.csv")):
        content = each.read_bytes()
        assert not any(said.encode() in content for said in ("13800001111", "样例路", "SF130983211561"))


def test_another_key_gives_other_hashes_and_kinds_do_not_meet(tmp_path: Path) -> None:
    path = taobao(tmp_path, {"联系手机": "13800001111", "物流单号": "13800001111"})
    [links], [others] = linked(path).values(), linked(path, ASKED._replace(key=b"x" * 99)).values()
    assert len({code for _, code in links}) == 2
    assert links.isdisjoint(others)


def test_every_line_of_an_order_counts_by_columns_and_row_by_row(tmp_path: Path) -> None:
    lines = [
        {"Name": "#1", **SHOPIFY, "Phone": "13800001111", "Lineitem name": "鞋"},
        {"Name": "#2", **SHOPIFY, "Phone": "", "Shipping Phone": "13800002222", "Lineitem name": "帽"},
        {"Name": "#1", "Phone": "13800003333", "Lineitem name": "袜"},
        {"Name": "#1", "Phone": "13800001111", "Lineitem name": "袜"},
    ]
    columns = ["Name", *SHOPIFY, "Lineitem name", "Phone", "Shipping Phone"]
    path = write(tmp_path / "orders.csv", columns, lines)
    found = linked(path)
    assert {key: len(links) for key, links in found.items()} == {"#1": 2, "#2": 1}
    assert linked(path, by_row=True) == found


@given(st.sampled_from([Name.PHONE, Name.ADDRESS, Name.TRACKING, Name.DEVICE]), st.text(max_size=30))
def test_any_text_makes_links_or_none(kind: Name, text: str) -> None:
    links = LINKER.of_cell(kind, text)
    assert all(link.kind == kind.value and len(link.hash) == 20 for link in links)
    assert not links or "*" not in text or kind in {Name.PHONE, Name.TRACKING}
