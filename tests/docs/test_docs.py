"""The documents say what is: links lead somewhere, generated pages have not drifted, everything is listed."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from holdfast.cli import COMMANDS
from holdfast.house import HANDLERS, SETTINGS
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.rows import FactBody
from holdfast.reference.__main__ import drift
from holdfast.reference.catalogue import leaves

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_generated_pages_are_what_the_code_says() -> None:
    assert drift(ROOT / "docs") == []


def test_drift_is_seen(tmp_path: Path) -> None:
    (tmp_path / "states.md").write_text("# States\n", encoding="utf-8")
    assert any("captured" in line for line in drift(tmp_path))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_named_files_exist(page: Path) -> None:
    for name in re.findall(r"`(src/holdfast/[^`]+)`", page.read_text(encoding="utf-8")):
        assert (ROOT / name).exists(), name


def test_everything_is_listed() -> None:
    page = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    names = [kind.__name__ for kind in (*HANDLERS, *leaves(FactBody))]
    names += [code for code, kind in Refusal.registry.items() if kind.__module__.startswith("holdfast.")]
    assert [name for name in names if f"`{name}`" not in page] == []
    policy = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
    assert [name for name in SETTINGS if f"`{name}`" not in policy] == []


def test_the_readme_names_every_command() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"holdfast {name}" not in page] == []


def found(name: str) -> bool:
    """Tell whether a name below the package is a module, or something in one."""
    try:
        return bool(import_module(f"holdfast.{name}"))
    except ModuleNotFoundError:
        module, _, last = name.rpartition(".")
        return hasattr(import_module(f"holdfast.{module}"), last)


def test_the_glossary_names_what_there_is() -> None:
    glossary = (
        (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").partition("## Words of the house")[2]
    )
    rows = [line.split(" | ") for line in glossary.splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 30
    words = [word.strip("| ") for row in rows for word in row[0].split(", ")]
    assert len(set(words)) == len(words), "a word is explained once"
    named = [name for row in rows for name in re.findall(r"`([^`]+)`", row[-1])]
    assert [name for name in named if not found(name)] == []


def test_the_tour_quotes_code_that_exists() -> None:
    tour = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    for excerpt in re.findall(r"```python\n(.*?)```", tour, re.DOTALL):
        assert excerpt in code
