"""The choice of the importer, and the refusals of what is of no form."""

import os
from pathlib import Path

import pytest

from holdfast.importers import demo
from holdfast.importers.exports.refusals import NoForm
from holdfast.importers.refusals import (
    EmptyFolder,
    MissingFile,
    MixedSources,
    SourceNotFound,
    SourceUnreadable,
)
from holdfast.importers.rejects import write_rejects
from holdfast.importers.source import read
from holdfast.kernel.refusal import Refusal

CSV = "order_id,merchant_id,consumer_id,currency,amount,placed_at\no,m,c,CNY,1,2026-10-31\n"


def refused(source: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(source)
    return caught.value


def test_the_word_demo() -> None:
    assert read("demo", seed=4) == demo.generate(4)
    assert read("demo").orders == demo.generate(0).orders


def test_a_csv_file_whatever_the_case_of_its_ending(tmp_path: Path) -> None:
    path = tmp_path / "orders.CSV"
    path.write_text(CSV, "utf-8")
    told: list[float] = []
    history = read(str(path), seed=9, progress=told.append)
    assert [order.id for order in history.orders] == ["o"]
    assert history.source == str(path)
    assert told[-1] == 1.0


def test_a_folder_named_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "demo").mkdir()
    monkeypatch.chdir(tmp_path)
    assert len(read("demo").orders) == demo.ORDERS
    assert isinstance(refused("./demo"), EmptyFolder)


def test_nothing_there(tmp_path: Path) -> None:
    refusal = refused(str(tmp_path / "none.csv"))
    assert isinstance(refusal, SourceNotFound)
    assert refusal.where == str(tmp_path / "none.csv")


def test_an_empty_folder(tmp_path: Path) -> None:
    assert isinstance(refused(str(tmp_path)), EmptyFolder)


def test_a_folder_with_a_part_of_olist(tmp_path: Path) -> None:
    (tmp_path / "olist_orders_dataset.csv").write_text("order_id\n", "utf-8")
    assert isinstance(refused(str(tmp_path)), MissingFile)


def test_our_own_form_under_another_ending(tmp_path: Path) -> None:
    path = tmp_path / "orders.txt"
    path.write_text(CSV.replace(",", "\t"), "utf-8")
    assert [order.id for order in read(str(path)).orders] == ["o"]


def test_a_file_of_no_form(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("Wetter,Ort\nschön,Bonn\n", "utf-8")
    assert isinstance(refused(str(path)), NoForm)


def test_a_folder_of_olist_is_read_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(CSV, "utf-8")
    folder = tmp_path / "olist"
    folder.mkdir()
    (folder / "olist_orders_dataset.csv").write_text("order_id\n", "utf-8")
    with pytest.raises(MixedSources) as refused:
        read([str(path), str(folder)])
    assert refused.value.where == str(folder)


def test_neither_file_nor_folder(tmp_path: Path) -> None:
    pipe = tmp_path / "orders.csv"
    os.mkfifo(pipe)
    refusal = refused(str(pipe))
    assert isinstance(refusal, SourceUnreadable)
    assert "neither a file nor a folder" in str(refusal)


def test_a_name_that_no_file_can_have() -> None:
    refusal = refused("x" * 5_000)
    assert isinstance(refusal, SourceUnreadable)
    assert "too long" in str(refusal)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
@pytest.mark.parametrize("name", ["orders.csv", "orders.parquet"])
def test_a_file_that_may_not_be_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(CSV, "utf-8")
    path.chmod(0)
    refusal = refused(str(path))
    assert isinstance(refusal, SourceUnreadable)
    assert "permission denied" in str(refusal)


def test_every_refusal_fills_its_texts(tmp_path: Path) -> None:
    """A pattern that asks for a figure it is not given would fail when it is shown, so show them."""
    for refusal in (refused(str(tmp_path)), refused("nowhere.csv"), refused(str(Path(__file__)))):
        assert "{" not in str(refusal)
        assert refusal.record().fix
    with pytest.raises(Refusal, match="file_not_written"):
        write_rejects([], tmp_path / "none" / "rejects.csv")
