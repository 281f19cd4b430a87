"""Every setting of a policy is declared once, by the lowest of the rooms that read it.

What a room reads is seen in its files: a field of a policy, a setting that a task waits by, and one that says
how many people decide a command.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import get_type_hints

import pytest
from the_package import FILES, every, name_of, room_of, tree

from holdfast.house import ROOMS, SETTINGS
from holdfast.kernel.rows import Command
from holdfast.kernel.setting import Dimension
from holdfast.policy.model import Policy
from holdfast.policy_files.groups import GROUPS
from holdfast.policy_files.reading import shipped, sourced

NO_SETTINGS = frozenset({"version", "release", "utc_offset"})
"""What a policy has beside: what it is called, the rule that it names, and the zone of policies of before."""

ORDER = [room.name for room in ROOMS]
OF_A_POLICY = frozenset({"policy", "_policy", "current", "adopted"})
"""By which names a policy goes where a field of it is read, or the function that returns it."""

READ_AS = {"local_zone": "zone"}
"""Properties of a policy, and the setting that they are of."""

READ_ABOVE = {
    "fund_capital_minor": "a command capitalises the fund; who plays a history or a market gives it this sum",
}
"""Settings that only rooms above the core read, and why."""

TYPES = {Dimension.FLAG: bool, Dimension.ZONE: str}
"""The type of a setting's field; it is a whole number for all other dimensions."""


def name_behind(node: ast.expr) -> str:
    """Return the name of what a field is read of: of `adopted(desk, version).trial` it is `adopted`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=function):
            return name_behind(function)
        case _:
            return ""


def read() -> Iterator[tuple[str, str]]:
    """Yield settings and the folder that reads them."""
    for path in FILES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and name_behind(node.value) in OF_A_POLICY:
                yield READ_AS.get(node.attr, node.attr), name_of(path).partition("/")[0]
    for room in ROOMS:
        for task in room.tasks:
            yield from ((name, room.name) for name in (task.within, task.answered_within) if name)
    for command in every(Command):
        if command.approval.people:
            yield command.approval.people, room_of(command)


@cache
def readers() -> dict[str, set[str]]:
    """Return of each setting which folders read it, but for the policy itself and its files."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, folder in read():
        if folder not in {"policy", "policy_files"}:
            found[name].add(folder)
    return found


@pytest.mark.parametrize("name", [each for each in Policy.__struct_fields__ if each not in NO_SETTINGS])
def test_every_setting_is_declared_by_the_lowest_room_that_reads_it(name: str) -> None:
    declared = [room.name for room in ROOMS if name in room.settings]
    reading = sorted(readers()[name] & set(ORDER), key=ORDER.index)
    if name in READ_ABOVE:
        assert (len(declared), reading) == (1, []), f"{name} is read by {reading}: take it off READ_ABOVE"
        assert readers()[name], f"nobody reads {name}: take it out, or read it"
        return
    assert reading, f"no room of the core reads {name}: take it out, or read it"
    assert declared == reading[:1], (
        f"{name} is declared by {declared or 'no room'}, and read by {reading}: "
        f"say what it means in `settings` of holdfast/{reading[0]}/room.py"
    )


def test_what_is_declared_is_a_field_of_the_policy() -> None:
    declared = {name for room in ROOMS for name in room.settings}
    assert sorted(declared - set(Policy.__struct_fields__)) == [], "add them to Policy in policy/model.py"
    assert sorted(declared & NO_SETTINGS) == []


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_measures_what_its_field_holds(name: str) -> None:
    setting = SETTINGS[name]
    assert get_type_hints(Policy)[name] is TYPES.get(setting.dimension, int)
    assert setting.low <= setting.high
    assert setting.group in GROUPS, f"add the group {setting.group!r} to policy_files/groups.py"


@pytest.mark.parametrize("file", ["standard", "today"])
def test_the_files_that_come_with_it_have_every_setting(file: str) -> None:
    assert [each.name for each in sourced(shipped(file), f"{file}.toml")] == [*SETTINGS]


def test_a_group_is_one_table_and_every_table_has_settings() -> None:
    """In the order of the settings, each group is begun once: so it is one table of a file."""
    groups = [setting.group for setting in SETTINGS.values()]
    begun = [group for place, group in enumerate(groups) if place == 0 or groups[place - 1] != group]
    assert begun == [*GROUPS]
