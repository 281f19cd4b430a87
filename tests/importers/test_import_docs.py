"""docs/import.md says what the importers do: every column, repair and refusal, and an example that works."""

from pathlib import Path

from holdfast.importers import demo, refusals
from holdfast.importers.exports import refusals as exports_refusals
from holdfast.importers.grids import refusals as grids_refusals
from holdfast.importers.history import RepairKind
from holdfast.importers.olist_files import FORMS
from holdfast.importers.ours import is_refunds
from holdfast.importers.plain_rows import FORM
from holdfast.kernel.refusal import Refusal
from own_form import read_plain

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "import.md").read_text("utf-8")


def table_keys(heading: str) -> list[str]:
    section = TEXT.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return [name.strip(" `") for cell in cells for name in cell.split(",")]


def test_the_example_is_imported_whole(tmp_path: Path) -> None:
    path = tmp_path / "example.csv"
    path.write_text(TEXT.split("```csv\n", 1)[1].split("```", 1)[0], "utf-8")
    history = read_plain(path)
    assert [order.id for order in history.orders] == ["A-1001", "A-1002", "A-1003"]
    assert [order.amount_minor for order in history.orders] == [12_900, 5_990, 128_000]
    assert not history.rejects
    assert not history.repairs


def test_the_example_of_refunds_is_of_the_example(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("example.csv", "refunds.csv")]
    for path, block in zip(paths, TEXT.split("```csv\n")[1:], strict=True):
        path.write_text(block.split("```", 1)[0], "utf-8")
    history = read_plain(paths[0], refunds=paths[1:])
    assert is_refunds(paths[1])
    assert [refund.amount_minor for refund in history.orders[0].refunds] == [2_000, 900]
    assert not history.rejects


def test_every_column_in_its_order() -> None:
    assert table_keys("The plain form") == list(FORM.columns)


def test_every_repair() -> None:
    assert table_keys("Repairs") == list(RepairKind)


def test_every_refusal_of_the_importers() -> None:
    modules = {each.__name__ for each in (refusals, grids_refusals, exports_refusals)}
    codes = {kind.code for kind in Refusal.registry.values() if kind.__module__ in modules}
    assert set(table_keys("Refusals")) == codes


def test_every_file() -> None:
    assert all(f"`{name}`" in TEXT for name in FORMS)


def test_the_figures_of_the_demo() -> None:
    words = " ".join(TEXT.split())
    assert f"as many over {demo.YEAR.days} days" in words
    assert f"{demo.MERCHANTS} merchants, {demo.ORDERS:,} orders and {demo.SEASON.days} days" in words
