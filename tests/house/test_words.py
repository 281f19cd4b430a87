"""Whatever people are shown has its words in 中文 and in English, beside what it names."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from the_package import every

from holdfast.house import KEPT, SETTINGS, WORDS
from holdfast.kernel.actor import Actor
from holdfast.kernel.rows import Command, FactBody, Row
from holdfast.kernel.text import Named, Text
from holdfast.policy_files.groups import GROUPS

HAN = re.compile(r"[一-鿿]")


def within(hint: Any) -> Iterator[type[Any]]:
    """Every type that a field's type is made of."""
    if isinstance(hint, type):
        yield hint
    for part in get_args(hint):
        yield from within(part)


def enums() -> list[type[StrEnum]]:
    """Every enum in a command, a fact or a row, however deep."""
    found: dict[str, type[StrEnum]] = {}
    seen: set[type[Any]] = set()
    todo: list[type[Any]] = [*every(Command), *every(FactBody), *every(Row), Actor]
    while todo:
        kind = todo.pop()
        if kind in seen:
            continue
        seen.add(kind)
        for hint in get_type_hints(kind, include_extras=True).values():
            for part in within(hint):
                if issubclass(part, StrEnum):
                    found[part.__name__] = part
                elif issubclass(part, msgspec.Struct):
                    todo.append(part)
    return [found[name] for name in sorted(found)]


def told(text: Text) -> bool:
    return bool(HAN.search(text.zh)) and bool(text.en) and not HAN.search(text.en) and "仲裁" not in text.zh


@pytest.mark.parametrize("kind", enums(), ids=lambda kind: kind.__name__)
def test_every_value_that_is_kept_has_its_words(kind: type[StrEnum]) -> None:
    assert issubclass(kind, Named), f"{kind.__name__} is to be a kernel.text.Named, with a word a value"
    assert all(told(member.called) for member in kind)
    assert len({member.called.zh for member in kind}) == len(kind)


def test_the_enums_are_found() -> None:
    assert {"OrderState", "ClaimState", "Why", "Role", "Claimed"} <= {kind.__name__ for kind in enums()}


@pytest.mark.parametrize("row", KEPT, ids=lambda row: row.__name__)
def test_every_row_has_the_name_that_people_call_it(row: type[Row]) -> None:
    assert "called" in vars(row), f"{row.__name__} is to say what people call it: called = Text(…)"
    assert told(row.called)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_says_what_it_means(name: str) -> None:
    setting = SETTINGS[name]
    assert told(setting.meaning)
    assert told(GROUPS[setting.group])


@pytest.mark.parametrize("kind", WORDS, ids=lambda kind: kind.__name__)
def test_every_fact_is_told(kind: type[FactBody]) -> None:
    assert told(WORDS[kind])
