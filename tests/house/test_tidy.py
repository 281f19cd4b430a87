"""Sizes, names, where SQL is written, and how tangled a function may be."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from the_package import FILES, name_of, tree

ROOT = Path(__file__).parents[2]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
EVERYTHING = [*FILES, *TESTS]

MOST_LINES = 400
MOST_OF_A_FUNCTION = 50

SAYS_NOTHING = {"util", "utils", "helper", "helpers", "common", "manager", "base", "misc"}

SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|COPY|LOCK|DROP|TRUNCATE)\s+\S")
SPEAKS_SQL = (
    "postgres/",
    "server/",
    "publishing/",
    "delivering/",
    "bench/",
    "markets/",
    "monitor/",
    "cli/reading.py",
)
"""Where SQL may be written: elsewhere a name of one of these rooms is called."""


def place_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else f"src/holdfast/{name_of(path)}"


def lines_of_files() -> Iterator[tuple[str, int]]:
    for path in EVERYTHING:
        yield place_of(path), path.read_text(encoding="utf-8").count("\n")


def lines_of_functions() -> Iterator[tuple[str, int]]:
    for path in EVERYTHING:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                yield f"{place_of(path)}:{node.name}", node.end_lineno - node.lineno + 1


def too_long(found: Iterator[tuple[str, int]], most: int) -> list[str]:
    """Return what is longer than it may be: nothing is allowed to be."""
    return [
        f"{name} has {lines} lines: divide it, at most {most} are allowed"
        for name, lines in found
        if lines > most
    ]


def test_files_are_short() -> None:
    assert too_long(lines_of_files(), MOST_LINES) == []


def test_functions_are_short() -> None:
    assert too_long(lines_of_functions(), MOST_OF_A_FUNCTION) == []


def test_files_are_named_for_what_is_in_them() -> None:
    named = {place_of(path): {*path.stem.split("_"), *path.parent.name.split("_")} for path in EVERYTHING}
    assert [place for place, words in named.items() if words & SAYS_NOTHING] == [], "a name from the domain"


def texts(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            yield node.value if isinstance(node.value, str) else node.value.decode("latin-1")


def test_sql_is_written_where_databases_are_spoken_to() -> None:
    strange = [
        f"{name_of(path)}: {text[:60]!r}"
        for path in FILES
        if not name_of(path).startswith(SPEAKS_SQL)
        for text in texts(path)
        if SQL.match(text)
    ]
    assert strange == [], f"write it in one of {SPEAKS_SQL}"


@pytest.mark.parametrize("place", SPEAKS_SQL)
def test_who_may_speak_sql_does(place: str) -> None:
    assert any(SQL.match(text) for path in FILES if name_of(path).startswith(place) for text in texts(path))


def test_tangled_functions_are_refused_by_the_linter() -> None:
    """Ruff counts the ways through a function (C901); nobody may pass it over."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert settings["select"] == ["ALL"]
    assert settings["mccabe"]["max-complexity"] == 10
    ignored = [settings["ignore"], *settings["per-file-ignores"].values()]
    assert {rule for rules in ignored for rule in rules} & {"C", "C9", "C90", "C901"} == set()
    passed_over = re.compile("noqa" + ":.*C901")
    assert [place_of(p) for p in EVERYTHING if passed_over.search(p.read_text(encoding="utf-8"))] == []
