"""Every refusal of the core is raised by some test, which knows it by its code."""

import re
from pathlib import Path

import pytest

from holdfast import house
from holdfast.engine import front
from holdfast.kernel.refusal import Refusal

CORE = ("kernel", *(room.name for room in house.ROOMS), "engine")
TESTS = Path(__file__).parents[1]


def codes() -> list[str]:
    """The codes of the core's refusals; the imports above have brought in every room."""
    assert house.HANDLERS
    assert front.Busy.code in Refusal.registry
    rooms = tuple(f"holdfast.{room}." for room in CORE)
    return sorted(code for code, kind in Refusal.registry.items() if kind.__module__.startswith(rooms))


def told_by_tests() -> set[str]:
    """Whatever stands in quotes or brackets in a test, as a code does; comments do not count."""
    found: set[str] = set()
    for path in sorted(TESTS.rglob("test_*.py")):
        if path != Path(__file__):
            text = re.sub(r"(?m)#.*$", "", path.read_text(encoding="utf-8"))
            found.update(re.findall(r"[\"'\[]([a-z_]+)\\?[\"'\]]", text))
    for path in sorted(TESTS.rglob("*.txt")):
        found.update(re.findall(r"\[([a-z_]+)\]", path.read_text(encoding="utf-8")))
    return found


@pytest.mark.parametrize("code", codes())
def test_it_is_known_to_a_test(code: str) -> None:
    assert code in told_by_tests()


@pytest.mark.parametrize("code", codes())
def test_it_says_what_is_wrong_and_what_to_do(code: str) -> None:
    kind = Refusal.registry[code]
    assert kind.what
    assert kind.fix
    assert not kind.fix.en.endswith(".")
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code)
