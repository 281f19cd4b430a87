"""Samples in the forms of real platforms give the reading that lies beside them, order for order."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from export_files import ALL, EXPORTS, history, readings, rejects_of

from holdfast.importers.exports.form import Name
from holdfast.importers.exports.found import Found
from holdfast.importers.refusals import NoOrders
from holdfast.kernel.money import Money
from holdfast.kernel.zones import written, zone

pytestmark = pytest.mark.skipif(
    not EXPORTS.is_dir(), reason=f"the samples of exports are not beside this repository: {EXPORTS}"
)

SAMPLES = {
    "ExportOrderList202604301015.csv": "taobao",
    "doudian_orders.csv": "doudian",
    "ebay_orders_report.csv": "ebay",
    "jd_orders.csv": "jd",
    "jushuitan_orders.xlsx": "jushuitan",
    "kuaishou_orders.xlsx": "kuaishou",
    "pdd_orders_export.csv": "pinduoduo",
    "shopify_orders_export_1.csv": "shopify",
    "wechat_shop_orders.xlsx": "wechat-shop",
}
SHOPIFY_ZONE = "Etc/GMT+4"
"""The offset that its sample carries."""

TIMES = {
    "placed_at": Name.PLACED_AT,
    "ship_by": Name.SHIP_BY,
    "shipped_at": Name.SHIPPED_AT,
    "delivered_at": Name.DELIVERED_AT,
    "cancelled_at": Name.CANCELLED_AT,
}


def expected(sample: str) -> list[dict[str, str]]:
    with (EXPORTS / "expected" / f"{Path(sample).stem}.csv").open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


def told(found: Found, shown_in: str) -> dict[str, object]:
    """An order as the expected readings write it."""

    def at(name: Name) -> str:
        if name not in found.times:
            return ""
        text = written(found.times[name], zone(shown_in))
        return text[: len("2026-04-02")] if name in found.days else text

    return {
        "order_id": found.order_id,
        "merchant_id": found.merchant_id,
        "consumer_id": found.consumer_id,
        "currency": found.currency,
        "amount": Decimal(Money(found.amount_minor, found.currency).decimal()),
        "refunded": Decimal(Money(found.refunded_minor, found.currency).decimal()),
        **{column: at(name) for column, name in TIMES.items()},
        "state": found.state.value,
    }


def right(row: dict[str, str], currency: str) -> dict[str, object]:
    amounts = {name: Decimal(row[name]) for name in ("amount", "refunded")}
    plain = {name: value for name, value in row.items() if name != "note"}
    return {**plain, **amounts, "currency": row["currency"] or currency}


@pytest.mark.parametrize(("sample", "form"), SAMPLES.items())
def test_a_sample_is_read_as_it_should_be(sample: str, form: str) -> None:
    rows = expected(sample)
    currency = rows[0]["currency"]
    reader, found = readings(EXPORTS / sample, zone=SHOPIFY_ZONE, currency=currency)
    shown_in = reader.columns.form.zone or SHOPIFY_ZONE
    assert reader.columns.form.name == form
    assert rejects_of(found) == []
    assert [told(each.found, shown_in) for each in found if each.found] == [
        right(row, currency) for row in rows
    ]


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_becomes_a_history(sample: str) -> None:
    rows = expected(sample)
    read = history(EXPORTS / sample, ALL._replace(currency=rows[0]["currency"]))
    played = [row for row in rows if row["state"] != "unpaid"]
    assert read.unpaid == len(rows) - len(played)
    assert {order.id for order in read.orders} == {row["order_id"] for row in played}
    assert sum(order.amount_minor for order in read.orders) == sum(
        Money.parse(row["amount"], read.currency).amount_minor for row in played
    )
    ended = {row["order_id"] for row in played if row["state"] == "cancelled"}
    assert {order.id for order in read.orders if order.cancelled_at is not None} == ended
    came = {row["order_id"] for row in played if row["state"] == "delivered"}
    assert came <= {order.id for order in read.orders if order.delivered_at is not None}


def test_ids_that_a_spreadsheet_shortened_are_never_taken() -> None:
    with pytest.raises(NoOrders) as refused:
        history(EXPORTS / "ExportOrderList_resaved_in_excel.csv")
    assert len(refused.value.rejects) == len(expected("ExportOrderList_resaved_in_excel.csv"))
    assert {reject.column for reject in refused.value.rejects} == {"订单编号"}
    assert all("spreadsheet" in reject.reason for reject in refused.value.rejects)
