"""Tests wait for what they see: none sleeps for a time, and none measures one."""

import ast
from collections.abc import Iterator
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


def calls(path: Path, names: set[str]) -> Iterator[ast.Call]:
    """Yield the calls of functions with these names, also within programs that are written as a text."""
    trees = [ast.parse(path.read_text(encoding="utf-8"))]
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
                if name in names:
                    yield node


def is_nothing(call: ast.Call) -> bool:
    """`asyncio.sleep(0)` gives way to the others, and takes no time."""
    return bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0


FILES = sorted(TESTS.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_nobody_sleeps_for_a_time(path: Path) -> None:
    """What a slow machine has not done by then is a failure; `waiting.wait_for` waits for what is seen."""
    name = str(path.relative_to(TESTS))
    slept = [call.lineno for call in calls(path, {"sleep"}) if not is_nothing(call)]
    assert slept == [] or name in MAY_SLEEP, f"{name} sleeps in lines {slept}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_nobody_measures_a_time(path: Path) -> None:
    name = str(path.relative_to(TESTS))
    told = [call.lineno for call in calls(path, CLOCKS)]
    assert told == [] or name in MAY_TELL_THE_TIME, f"{name} asks for the time in lines {told}"


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
