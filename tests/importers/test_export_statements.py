"""Statements of payment providers: each sample gives its entries, and what its last lines say must agree."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from export_files import EXPORTS

from holdfast.importers.exports.files import tables
from holdfast.importers.exports.refusals import StatementDisagrees
from holdfast.importers.exports.shelf import shipped
from holdfast.importers.exports.statements import Statement, read_statement
from holdfast.importers.wall import Wall
from holdfast.kernel.clock import parse as instant
from holdfast.kernel.money import Money

SAMPLES = ("wechatpay_tradebill_ALL.csv", "alipay_20260429.zip", "stripe_balance_history.csv")

WECHAT = (
    (
        "交易时间,商户号,微信订单号,商户订单号,交易类型,交易状态,货币种类,应结订单金额,微信退款单号,退款金额,退款状态,"
        "商品名称,手续费,订单金额,申请退款金额"
    ),
    (
        "`2026-04-29 00:55:53,`19,`42,`HF1,`JSAPI,`SUCCESS,`CNY,`10.00,`0,`0.00,`,"
        "`箱, 两件,`0.06000,`10.00,`0.00"
    ),
    (
        "`2026-04-29 01:55:53,`19,`42,`HF1,`JSAPI,`REFUND,`CNY,`0.00,`50,`4.00,`PROCESSING,"
        "`箱, 两件,`-0.02000,`0.00,`4.00"
    ),
    "总交易单数,应结订单总金额,退款总金额",
)


def read(path: Path) -> Statement:
    [table] = tables(path, shipped())
    return read_statement(table, Wall(table.form.zone or "UTC"))


def wechat(folder: Path, *lines: str) -> Path:
    path = folder / "bill.csv"
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return path


@pytest.mark.skipif(not EXPORTS.is_dir(), reason=f"the samples are not beside this repository: {EXPORTS}")
@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_gives_its_entries(sample: str) -> None:
    statement = read(EXPORTS / sample)
    with (EXPORTS / "expected" / f"{Path(sample).stem}.csv").open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    assert statement.rejects == []

    def money(minor: int, code: str) -> Decimal:
        return Decimal(Money(minor, code).decimal())

    assert [
        (
            entry.entry_id,
            entry.order_ref,
            entry.kind.value,
            money(entry.amount_minor, entry.currency),
            money(entry.fee_minor, entry.currency),
            entry.currency,
            entry.at,
        )
        for entry in statement.entries
    ] == [
        (
            row["entry_id"],
            row["order_ref"],
            row["kind"],
            Decimal(row["amount"]),
            Decimal(row["fee"]),
            row["currency"],
            instant(row["at"]),
        )
        for row in rows
    ]
    assert [entry.pending for entry in statement.entries] == ["PROCESSING" in row["note"] for row in rows]


def test_goods_with_a_bare_comma_shift_nothing(tmp_path: Path) -> None:
    statement = read(wechat(tmp_path, *WECHAT, "`2,`10.00,`4.00"))
    assert [(entry.amount_minor, entry.fee_minor, entry.pending) for entry in statement.entries] == [
        (1_000, 6, False),
        (-400, -2, True),
    ]


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("`3,`10.00,`4.00", "the number of entry rows is 2, and its last lines say 3"),
        ("`2,`10.01,`4.00", "the sum of payment rows is 10.00, and its last lines say 10.01"),
        ("`2,`10.00,`5.00", "the sum of refund rows is 4.00, and its last lines say 5.00"),
    ],
)
def test_a_statement_whose_last_lines_say_something_else_is_refused(
    tmp_path: Path, last: str, said: str
) -> None:
    with pytest.raises(StatementDisagrees, match=said):
        read(wechat(tmp_path, *WECHAT, last))


def test_a_statement_that_was_cut_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StatementDisagrees, match="its last lines say nothing"):
        read(wechat(tmp_path, *WECHAT[:2]))


def test_an_entry_of_an_unknown_kind_is_a_reject_that_lists_the_known_ones(tmp_path: Path) -> None:
    statement = read(
        wechat(tmp_path, *[line.replace("REFUND", "ELSE") for line in WECHAT], "`2,`10.00,`4.00")
    )
    [reject] = statement.rejects
    assert (reject.row, reject.column, reject.value) == (3, "交易状态", "ELSE")
    assert "SUCCESS" in reject.fix
