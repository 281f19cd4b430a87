"""`holdfast bench import`: figures have their shape and a floor, and no file is left. Never a speed."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from holdfast.bench import importing
from holdfast.bench.figure import IMPORT_TARGETS
from holdfast.bench.importing import ImportFailed
from holdfast.cli.bench import app
from holdfast.importers.exports.files import tables
from holdfast.importers.exports.shelf import chosen

FIELDS = ["name", "value", "unit", "floor", "ratio", "target", "met"]

Bench = Callable[..., Result]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bench:
    """The command over a few rows, its files in a folder of the test."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name, rows in (("_CSV_ROWS", 40_000), ("_WIDE_ROWS", 20_000), ("_SHEET_ROWS", 20_000)):
        monkeypatch.setattr(importing, name, rows)
    runner = CliRunner()
    return lambda *words: runner.invoke(app, ["import", "--quick", *words], catch_exceptions=False)


def measured(result: Result) -> dict[str, dict[str, float]]:
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout)
    for figure in figures:
        assert list(figure) == FIELDS
        assert figure["value"] > 0
        assert figure["floor"] > 0
        assert figure["ratio"] == pytest.approx(figure["value"] / figure["floor"], rel=0.01)
        assert figure["target"] == IMPORT_TARGETS[figure["name"]].value
        assert figure["met"] in {True, False}
    return {figure["name"]: figure for figure in figures}


def test_the_figures_are_those_that_were_promised() -> None:
    assert {name: (target.value, target.less_is_better) for name, target in IMPORT_TARGETS.items()} == {
        "csv_rows_per_s": (50_000, False),
        "xlsx_rows_per_s": (10_000, False),
        "widest_ratio": (1.7, True),
        "peak_mb": (400, True),
    }


@pytest.mark.long
def test_every_figure_is_measured_beside_its_floor_and_no_file_is_left(bench: Bench, tmp_path: Path) -> None:
    figures = measured(bench("--json"))
    assert list(figures) == list(IMPORT_TARGETS)
    assert figures["widest_ratio"]["floor"] == 1
    assert figures["peak_mb"]["value"] >= figures["peak_mb"]["floor"]
    assert list(tmp_path.iterdir()) == []


def test_figures_are_chosen_by_name_and_an_unknown_one_is_refused(bench: Bench) -> None:
    assert list(measured(bench("--only", "peak_mb", "--json"))) == ["peak_mb"]
    refused = bench("--only", "peak", "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["refusal"]["code"] == "unknown_figure"


def test_the_widest_files_are_of_the_forms_that_are_meant(tmp_path: Path) -> None:
    for name, make, encoding in importing.WIDEST:
        [form] = chosen([name])
        rows = [*make(form, 30)]
        assert {len(row) for row in rows} == {importing.WIDTH}
        path = tmp_path / f"{name}.csv"
        importing.write(path, encoding, rows)
        [table] = tables(path, chosen())
        assert (table.form.name, table.grid.encoding, table.row) == (name, encoding, 1)


def test_an_import_that_fails_is_told_with_what_it_said_last(tmp_path: Path) -> None:
    path = tmp_path / "weather.csv"
    path.write_text("Wetter,Ort\nschön,Bonn\n", encoding="utf-8")
    with pytest.raises(ImportFailed, match="no form is known") as refused:
        importing.imported(path)
    assert refused.value.code == "import_failed"
    with pytest.raises(ImportFailed, match=r"nowhere\.csv"):
        importing.imported(tmp_path / "nowhere.csv")


def test_the_columns_of_a_sheet_have_their_letters() -> None:
    assert [importing.letters(at) for at in (0, 25, 26, 51, 701)] == ["A", "Z", "AA", "AZ", "ZZ"]
