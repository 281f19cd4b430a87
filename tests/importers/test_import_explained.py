"""What `--explain` tells of files in our own form and of a folder in Olist's, before anything is taken."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from export_files import form_named, write

from holdfast.importers.explaining import explained
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.explaining import Explanation, FieldRead
from holdfast.importers.exports.refusals import NoForm
from holdfast.importers.olist_files import (
    CATEGORIES,
    CUSTOMERS,
    FORMS,
    ITEMS,
    ORDERS,
    PRODUCTS,
    REVIEWS,
    SELLERS,
)
from holdfast.importers.plain_rows import FORM
from holdfast.importers.plain_writing import write_plain
from holdfast.importers.refusals import EmptyFolder, MissingFile, UnknownColumn
from holdfast.importers.source import read
from holdfast.kernel.refusal import Refusal
from own_form import read_plain

HEADER = "order_id,merchant_id,consumer_id,currency,amount,placed_at,title\n"
ROWS = (
    "A-1,north,anna@example.com,CNY,12.50,2026-04-03T11:40:21,'=1+1\n"
    "A-2,north,bob@example.com,CNY,99.00,2026-04-03T12:00:00Z,Kettle\n"
    "A-3,south,anna@example.com,CNY,1,2,3,4,5\n"
    "A-4,south,anna@example.com,CNY,99.00,soon,Kettle\n"
)
TIMES = "2018-01-01 10:00:00,2018-01-01 11:00:00,2018-01-03 09:00:00,2018-01-08 15:00:00,2018-01-20 00:00:00"
OLIST: Mapping[str, str] = {
    CUSTOMERS: "c1,u1,01000,sao paulo,SP",
    SELLERS: "s1,01000,sao paulo,SP",
    PRODUCTS: "p1,bebes,1,1,1,1,1,1,1",
    CATEGORIES: "bebes,baby_goods",
    ORDERS: f"o1,c1,delivered,{TIMES}\no2,c1,lost,{TIMES}",
    REVIEWS: "r1,o1,5,,Maria,2018-01-09 00:00:00,2018-01-10 00:00:00",
    ITEMS: "o1,1,p1,s1,2018-01-04 00:00:00,99.9,0.1",
}


def plain(folder: Path, text: str = HEADER + ROWS, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def olist(folder: Path) -> Path:
    for name, rows in OLIST.items():
        (folder / name).write_text(f"{','.join(FORMS[name].columns)}\n{rows}\n", encoding="utf-8")
    return folder


def told(path: Path, zone: str | None = None) -> Explanation:
    [found] = explained([str(path)], [], Asked(zone=zone))
    return found


def fields(found: Explanation) -> dict[str, FieldRead]:
    return {field.field: field for field in found.fields}


def refused(*paths: Path, maps: Sequence[str] = ()) -> Refusal:
    with pytest.raises(Refusal) as caught:
        explained([*map(str, paths)], maps, Asked())
    return caught.value


def test_a_file_of_our_own_form_and_what_stands_in_it(tmp_path: Path) -> None:
    found = told(plain(tmp_path, "\n" + HEADER + ROWS))
    said = fields(found)
    assert (found.form, found.en, found.encoding, found.delimiter) == (
        "holdfast",
        "Holdfast's own form",
        "utf-8",
        ",",
    )
    assert (found.header_row, found.rows, found.options) == (2, "order", ())
    assert list(said) == list(FORM.columns)
    assert said["amount"].values == ("12.50", "99.00")
    assert said["title"].values == ("=1+1", "Kettle")
    assert [name for name, field in said.items() if not field.columns] == [
        name for name in FORM.optional if name != "title"
    ]


def test_consumers_of_our_own_form_are_masked(tmp_path: Path) -> None:
    found = told(plain(tmp_path))
    assert fields(found)["consumer_id"].values == ("a***", "b***")
    assert "example.com" not in str(found)


def test_a_zone_may_be_said_where_a_time_has_no_offset(tmp_path: Path) -> None:
    path = plain(tmp_path)
    assert (told(path).zone, told(path).choices) == ("UTC", ("--zone Asia/Shanghai",))
    said = told(path, "Europe/Berlin")
    assert (said.zone, said.choices) == ("Europe/Berlin", ())
    certain = told(plain(tmp_path, HEADER + ROWS.replace("11:40:21", "11:40:21Z")))
    assert (certain.zone, certain.choices) == (None, ())


def test_a_parquet_file_of_our_own_form(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    write_plain(read_plain(plain(tmp_path)), path)
    found = told(path)
    said = fields(found)
    assert (found.form, found.encoding, found.delimiter, found.choices) == ("holdfast", None, None, ())
    assert said["placed_at"].values == ("2026-04-03T11:40:21Z", "2026-04-03T12:00:00Z")
    assert said["amount"].values == ("12.50", "99.00")
    assert said["consumer_id"].values == ("a***", "b***")


def test_a_folder_in_olists_form(tmp_path: Path) -> None:
    found = told(olist(tmp_path))
    said = fields(found)
    assert (found.form, found.en, found.currency, found.options) == ("olist", "Olist's form", "BRL", ())
    assert (found.zone, found.choices) == ("UTC", ("--zone America/Sao_Paulo",))
    assert said["amount"] == FieldRead("amount", (f"{ITEMS}: price", f"{ITEMS}: freight_value"), ("99.9",))
    assert said["consumer_id"].values == ("u***",)
    assert said["shipped_at"].values == ("2018-01-03 09:00:00",)
    assert "Maria" not in str(found)
    assert [state.values for state in found.states] == [("delivered", "lost")]
    assert [(word.word, word.rows) for word in found.unknown] == [("lost", 1)]


def test_every_column_of_olists_form_is_used_or_counted(tmp_path: Path) -> None:
    found = told(olist(tmp_path))
    shown = {column for field in (*found.fields, *found.states) for column in field.columns}
    there = {f"{name}: {column}" for name, form in FORMS.items() for column in form.columns}
    assert shown <= there
    assert found.unused == 17


def test_files_of_a_folder_are_explained_each_as_what_it_is(tmp_path: Path) -> None:
    plain(tmp_path, name="a.csv")
    form = form_named("taobao")
    write(tmp_path / "b.csv", form.header, [])
    assert [each.form for each in explained([str(tmp_path)], [], Asked())] == ["holdfast", "taobao"]


def test_with_a_form_a_file_is_an_export(tmp_path: Path) -> None:
    assert isinstance(refused(plain(tmp_path), maps=["taobao"]), NoForm)


def test_what_import_would_refuse_is_refused(tmp_path: Path) -> None:
    assert isinstance(refused(plain(tmp_path, HEADER.replace("title", "titel"))), UnknownColumn)
    (olist(tmp_path) / ITEMS).unlink()
    assert isinstance(refused(tmp_path), MissingFile)


def test_a_folder_without_a_file_is_refused_as_such(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    (folder / "within").mkdir(parents=True)
    (folder / ".hidden").write_text("", encoding="utf-8")
    path = plain(tmp_path)
    for refusal in (refused(folder), refused(path, folder), refused(folder, maps=["taobao"])):
        assert isinstance(refusal, EmptyFolder)
        assert (refusal.code, refusal.where) == ("empty_folder", str(folder))
    with pytest.raises(EmptyFolder):
        read([str(folder)], maps=["taobao"])
