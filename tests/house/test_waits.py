"""Tests wait for what they see: none sleeps for a time, and none measures one."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

TESTS = Path(__file__).resolve().parents[1]

MAY_SLEEP = {
    "waiting.py": "it looks again and again for what a test waits for",
}
MAY_TELL_THE_TIME = {
    "waiting.py": "it ends what would wait for ever",
}
CLOCKS = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time"}


@cache
def every_call(path: Path) -> list[tuple[str, ast.Call]]:
    """Return the calls of functions with their names, also within programs that are written as a text."""
    trees = [ast.parse(path.read_text(encoding="utf-8"))]
    found: list[tuple[str, ast.Call]] = []
    for node in ast.walk(trees[0]):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "import " in node.value:
            try:
                trees.append(ast.parse(node.value))
            except SyntaxError:  # it is no program
                continue
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                function = node.func
                name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
                found.append((name, node))
    return found


def calls(path: Path, names: set[str]) -> Iterator[ast.Call]:
    """Yield the calls of functions with these names."""
    return (call for name, call in every_call(path) if name in names)


def is_nothing(call: ast.Call) -> bool:
    """`asyncio.sleep(0)` gives way to the others, and takes no time."""
    return bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0


FILES = sorted(TESTS.rglob("*.py"))


def found(names: set[str], allowed: dict[str, str]) -> list[str]:
    """Return where functions with these names are called, but where they are allowed."""
    return [
        f"{path.relative_to(TESTS)}:{call.lineno}"
        for path in FILES
        if str(path.relative_to(TESTS)) not in allowed
        for call in calls(path, names)
        if not is_nothing(call)
    ]


def test_nobody_sleeps_for_a_time() -> None:
    """What a slow machine has not done by then would fail; `waiting.wait_for` waits for what is seen."""
    assert found({"sleep"}, MAY_SLEEP) == []


def test_nobody_measures_a_time() -> None:
    assert found(CLOCKS, MAY_TELL_THE_TIME) == []


@pytest.mark.parametrize("name", sorted({*MAY_SLEEP, *MAY_TELL_THE_TIME}))
def test_what_is_allowed_is_needed(name: str) -> None:
    assert [*calls(TESTS / name, {"sleep", *CLOCKS})]


def test_hypothesis_measures_no_time(request: pytest.FixtureRequest) -> None:
    """Of all tests that are collected beside this one."""
    assert settings.default is not None
    assert settings.default.deadline is None
    hasty: list[str] = []
    for item in request.session.items:
        function = getattr(item, "obj", None)
        found = getattr(function, "_hypothesis_internal_use_settings", None)
        if found is None:
            continue
        if found.deadline is not None or HealthCheck.too_slow not in found.suppress_health_check:
            hasty.append(item.nodeid)
    assert hasty == []
