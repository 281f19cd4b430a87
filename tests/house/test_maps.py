"""Each folder's docstring is a map of it: every file and folder is named once, and nothing else is."""

import ast
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from the_package import PACKAGE, name_of, tree

from holdfast.cli import COMMANDS

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(path.parent for path in PACKAGE.rglob("__init__.py"))

HEAD = re.compile(r"(?:^- |; )((?:`[\w./-]+`(?:, )?)+):", re.MULTILINE)
"""The names that a line of a map begins with, or goes on with behind a semicolon: - `this`, `that`: what."""


def mapped(folder: Path) -> list[str]:
    """Return the names that a folder's map explains."""
    text = ast.get_docstring(tree(folder / "__init__.py")) or ""
    return [name for head in HEAD.findall(text) for name in re.findall(r"`([^`]+)`", head)]


def there(folder: Path) -> set[str]:
    """Return the modules and packages in a folder that have to be explained."""
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "__main__"}
    return modules | {path.parent.name for path in folder.glob("*/__init__.py")}


def explained_elsewhere(folder: Path) -> set[str]:
    """Return the files of commands: `cli.COMMANDS` says of each what it does."""
    return {place.partition(":")[0] for place, _, _ in COMMANDS.values()} if folder.name == "cli" else set()


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_a_map_names_every_file(folder: Path) -> None:
    lacking = there(folder) - set(mapped(folder)) - explained_elsewhere(folder)
    assert sorted(lacking) == [], f"the docstring of {name_of(folder)}/__init__.py does not explain these"


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_a_map_names_nothing_else(folder: Path) -> None:
    names = mapped(folder)
    files = {path.name for path in folder.iterdir()} | {"__main__"}
    strange = [name for name in names if name not in there(folder) and name.rstrip("/") not in files]
    assert strange == [], f"{name_of(folder)}/__init__.py explains what is not in the folder"
    assert [name for name, times in Counter(names).items() if times > 1] == []


def test_the_readme_names_every_room() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    plan = page.partition("## How it is built")[2].split("```")[1]
    rooms = there(PACKAGE)
    assert sorted(rooms - set(re.findall(r"\w+", plan))) == [], "the plan in README.md lacks these rooms"


def test_the_order_of_the_rooms_names_every_room() -> None:
    """As import-linter is told it: it would see that itself, but only where it runs."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers: list[str] = linter["contracts"][0]["layers"]
    assert {name.strip() for layer in layers for name in layer.split("|")} == there(PACKAGE)
