"""Each form that is shipped is whole, is told from every other, and reads what it says that it reads."""

import csv
from pathlib import Path

import pytest
from export_files import ALL, history, write

from holdfast.importers.bulk.gathering import Sources
from holdfast.importers.bulk.job import Targets, bring
from holdfast.importers.exports.cleaning import heading
from holdfast.importers.exports.files import tables
from holdfast.importers.exports.form import Field, Form, Kind, Lines, Meaning, Name, parse
from holdfast.importers.exports.refusals import AmbiguousForm, BadForm, ColumnLost, NoForm, UnknownMap
from holdfast.importers.exports.shelf import chosen, shipped

ORDERS = [form for form in shipped() if form.kind is Kind.ORDERS]
TIME = "2026-04-03 11:40:21"

MINIMAL = """
name = "mine"
zh = "我的"
en = "mine"
seen = "here"
header = ["id", "sum", "at"]
[fields]
order_id = { columns = ["id"] }
amount = { columns = ["sum"] }
placed_at = { columns = ["at"] }
"""


def row_of(form: Form, order_id: str, meaning: Meaning) -> dict[str, str]:
    """A row that says of each field what it must, and that of the first states which is wanted."""
    row: dict[str, str] = {}
    for name, field in form.fields.items():
        value = {
            Name.ORDER_ID: order_id,
            Name.AMOUNT: "1204.50",
            Name.PAID: "1204.50",
            Name.CURRENCY: "USD",
            Name.REFUNDED: "0.00",
            Name.PAY_LATER: next(iter(field.words), ""),
        }.get(name, TIME if name.value.endswith(("_at", "_by")) else f"some-{name.value}")
        if name not in {Name.CANCELLED_AT, Name.REFUNDED_AT}:
            row[field.columns[0]] = value
    for number, states in enumerate(form.states):
        words = [word for word, means in states.words.items() if means is meaning]
        row[states.columns[0]] = words[0] if words and not number else ""
    return row


def columns_of(form: Form) -> list[str]:
    return [*dict.fromkeys((*form.header, *form.columns()))]


@pytest.mark.parametrize("form", ORDERS, ids=lambda form: form.name)
def test_a_file_in_its_form_is_read_in_each_of_its_encodings(form: Form, tmp_path: Path) -> None:
    meant = {meaning for states in form.states[:1] for meaning in states.words.values()}
    meaning = Meaning.DELIVERED if Meaning.DELIVERED in meant else Meaning.SHIPPED
    for encoding in form.encodings:
        path = write(tmp_path / f"{encoding}.csv", columns_of(form), [row_of(form, "A-1", meaning)], encoding)
        read = history(path, ALL)
        [order] = read.orders
        assert (order.id, order.amount_minor) == ("A-1", 120_450), encoding
        assert order.shipped_at is not None
        assert read.rejects == []


@pytest.mark.parametrize("sign", [",", ";"])
@pytest.mark.parametrize("form", ORDERS, ids=lambda form: form.name)
def test_a_line_before_its_header_may_tell_a_spreadsheet_what_separates_cells(
    form: Form, sign: str, tmp_path: Path
) -> None:
    """Excel writes `sep=;` there, and reads a file by it whatever the machine's own sign is."""
    path = write(tmp_path / "export.csv", columns_of(form), [row_of(form, "A-1", Meaning.SHIPPED)])
    with path.open(encoding="utf-8", newline="") as file:
        rows = [*csv.reader(file)]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(f"sep={sign}\r\n")
        csv.writer(file, delimiter=sign).writerows(rows)
    [table] = tables(path, shipped())
    assert (table.form.name, table.row, table.grid.delimiter) == (form.name, 2, sign)
    told = bring(Sources([path], shipped()), ALL, Targets(tmp_path / "orders.csv"))
    assert (told.orders, told.rejects) == (1, 0)


@pytest.mark.parametrize("form", ORDERS, ids=lambda form: form.name)
def test_its_header_is_its_own(form: Form, tmp_path: Path) -> None:
    path = write(
        tmp_path / "export.csv", columns_of(form), [row_of(form, "A-1", Meaning.SHIPPED)], form.encodings[0]
    )
    assert [table.form.name for table in tables(path, shipped())] == [form.name]


@pytest.mark.parametrize("form", ORDERS, ids=lambda form: form.name)
def test_every_column_that_it_names_for_certain_is_in_no_other_field(form: Form) -> None:
    assert {heading(name) for name in form.header} <= {
        heading(name) for name in [*form.columns(), *form.header]
    }
    assert form.seen
    assert all(field.columns for field in form.fields.values())


@pytest.mark.parametrize("form", ORDERS, ids=lambda form: form.name)
def test_a_file_that_lost_its_amount_is_refused_with_the_column(form: Form, tmp_path: Path) -> None:
    lost = {heading(name) for name in form.fields[Name.AMOUNT].columns}
    left = [name for name in columns_of(form) if heading(name) not in lost]
    path = write(tmp_path / "export.csv", left, [row_of(form, "A-1", Meaning.SHIPPED)], form.encodings[0])
    with pytest.raises((ColumnLost, NoForm)) as refused:
        history(path)
    assert any(name in str(refused.value) for name in form.fields[Name.AMOUNT].columns)


def test_columns_that_a_platform_added_do_no_harm(tmp_path: Path) -> None:
    form = ORDERS[0]
    path = write(
        tmp_path / "export.csv", ["new", *columns_of(form), "newer"], [row_of(form, "A-1", Meaning.SHIPPED)]
    )
    assert len(history(path).orders) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('amount = { columns = ["sum"] }\n', ""), "fields.amount is missing"),
        (('header = ["id", "sum", "at"]', "header = []"), "header names no column"),
        (('seen = "here"', ""), "seen"),
        (('zh = "我的"', 'zh = "我的"\nzone = "Mars/Base"'), "zone"),
        (('zh = "我的"', 'zh = "我的"\ncurrency = "XYZ"'), "XYZ"),
        (('zh = "我的"', 'zh = "我的"\nthousands = "."'), "decimal"),
        (('zh = "我的"', 'zh = "我的"\ncolour = "red"'), "colour"),
        (('columns = ["sum"] }', 'columns = ["sum"], lines = "sum" }'), "rows"),
        (('name = "mine"', 'name = "mine'), "line"),
        (('zh = "我的"', 'zh = "我的"\nkind = "statement"'), "purpose"),
    ],
)
def test_a_form_that_contradicts_itself_is_refused_with_why(change: tuple[str, str], said: str) -> None:
    assert parse(MINIMAL, "mine.toml").fields[Name.AMOUNT] == Field(("sum",), Lines.ONCE)
    before, after = change
    assert before in MINIMAL
    with pytest.raises(BadForm) as refused:
        parse(MINIMAL.replace(before, after), "mine.toml")
    assert said in str(refused.value)


def test_a_form_of_ones_own_is_the_same_thing(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(MINIMAL, encoding="utf-8")
    assert chosen([str(mine)]) == (parse(MINIMAL, "mine.toml"),)
    assert [form.name for form in chosen(["taobao"])] == ["taobao"]
    assert chosen() == shipped()
    with pytest.raises(UnknownMap) as refused:
        chosen(["nobody"])
    assert "taobao" in str(refused.value)


def test_two_forms_that_fit_alike_are_named_and_the_one_that_says_more_is_taken(tmp_path: Path) -> None:
    one = parse(MINIMAL, "one")
    other = parse(MINIMAL.replace('"mine"', '"other"', 1), "other")
    more = parse(MINIMAL.replace('["id", "sum", "at"]', '["id", "sum", "at", "who"]'), "more")
    path = write(tmp_path / "export.csv", ["id", "sum", "at", "who"], [])
    with pytest.raises(AmbiguousForm) as refused:
        tables(path, [one, other])
    assert {"mine", "other"} <= {*str(refused.value).replace(".", " ").split()}
    assert [table.form for table in tables(path, [one, more])] == [more]


def test_a_header_of_no_form_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    near = write(tmp_path / "near.csv", [name for name in form_header("taobao") if name != "买家会员名"], [])
    with pytest.raises(NoForm) as refused:
        tables(near, shipped())
    assert "taobao" in str(refused.value)
    assert "买家会员名" in str(refused.value)
    with pytest.raises(NoForm) as refused:
        tables(write(tmp_path / "far.csv", ["Wetter", "Ort"], []), shipped())
    assert "Wetter" in str(refused.value)
    assert "--write-map" in str(refused.value)


def form_header(name: str) -> list[str]:
    return [*next(form for form in shipped() if form.name == name).header]
