"""Rooms of the core open to each other what is theirs to say – rows, facts, rules – and call `book`."""

import ast
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from the_package import FILES, PACKAGE, name_of, tree

from holdfast.house import ROOMS

NAMES = frozenset(room.name for room in ROOMS)

OPEN = frozenset({"book", "model", "facts", "rules", "refusals"})
"""What another room may import of a room: its handlers, timers and the like are its own."""

OPEN_TOO: Mapping[str, str] = {
    "ledger.chart": "the names of accounts: what is posted, is posted between them",
    "policy.release": "when proceeds are released, as data: settings of a policy, as its model has them",
    "settlement.otherwise_facts": "facts, in a file of their own for their number",
}
"""What else is open, and why: this list only ever gets shorter."""


class Import(NamedTuple):
    """A file of a room that imports a module of another."""

    file: str
    module: str


def of_others() -> Iterator[Import]:
    modules = {name_of(path).removesuffix(".py").replace("/", ".") for path in FILES}
    for path in FILES:
        room = name_of(path).partition("/")[0]
        if room not in NAMES:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                source = node.module.removeprefix(f"{PACKAGE.name}.")
                if source.partition(".")[0] in NAMES - {room}:
                    names = [f"{source}.{each.name}" for each in node.names]
                    for name in (each if each in modules else source for each in names):
                        yield Import(name_of(path), name)


def test_rooms_call_each_other_by_the_book() -> None:
    strange = {
        f"{file} imports {module}"
        for file, module in of_others()
        if module.partition(".")[2] not in OPEN and module not in OPEN_TOO
    }
    assert sorted(strange) == [], "what other rooms call is in `book`: move it there"


def test_what_is_open_too_is_needed() -> None:
    assert OPEN_TOO.keys() - {module for _, module in of_others()} == set()
