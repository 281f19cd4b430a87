"""What nothing in the package refers to, and no page explains, is taken out: tests keep nothing alive."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from the_package import FILES, PACKAGE, tree

from holdfast.cli import COMMANDS

ROOT = Path(__file__).parents[2]

Function = ast.FunctionDef | ast.AsyncFunctionDef

KEPT_UNUSED: Mapping[str, str] = {
    "holdfast.lab.world:remembered": "a simulation may not grow with its orders: its tests look at that",
    "holdfast.sign_in.by_password:by_invitation": "a door asks it who comes in",
    "holdfast.sign_in.by_password:found_by_password": "as above",
}
"""What nothing refers to, and why it stays."""

CALLED_BY_LIBRARIES: Mapping[str, frozenset[str]] = {
    "holdfast.cli.commands": frozenset({"format_commands", "list_commands", "get_command", "invoke"}),
    "holdfast.importers.grids.pages": frozenset({"handle_starttag", "handle_endtag", "handle_data"}),
    "holdfast.postgres.wire": frozenset({"dump"}),
    "holdfast.service.answers": frozenset({"to_asgi_response"}),
    "holdfast.witness.server": frozenset({"connection_made", "data_received", "connection_lost"}),
}
"""Methods by which Typer, the HTML parser, psycopg, Litestar and asyncio call back."""


class Defined(NamedTuple):
    """Something that a module defines."""

    module: str
    name: str
    node: ast.stmt

    def __str__(self) -> str:
        """Return it as the lists above and the messages have it."""
        return f"{self.module}:{self.name}"


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES: Mapping[str, ast.Module] = {
    module_of(path): tree(path) for path in FILES if "migrations" not in path.parts
}


def names_of(node: ast.stmt) -> list[str]:
    """Return what a statement of a module defines."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Assign():
            targets = (name for target in node.targets for name in ast.walk(target))
            return [name.id for name in targets if isinstance(name, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


def definitions() -> Iterator[Defined]:
    for module, parsed in MODULES.items():
        for node in parsed.body:
            for name in names_of(node):
                if not name.startswith("__"):
                    yield Defined(module, name, node)


def methods() -> Iterator[Defined]:
    for module, parsed in MODULES.items():
        for kind in ast.walk(parsed):
            for node in kind.body if isinstance(kind, ast.ClassDef) else []:
                if isinstance(node, Function) and not node.name.startswith("__"):
                    yield Defined(module, node.name, node)


def imported(parsed: ast.Module) -> Iterator[tuple[str, str, str]]:
    """Yield what a module imports from which module, and under which name."""
    for node in ast.walk(parsed):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from ((node.module, each.name, each.asname or each.name) for each in node.names)


@cache
def references() -> Counter[tuple[str, str]]:
    """Return how often each module's names are referred to, in it and elsewhere."""
    found: Counter[tuple[str, str]] = Counter()
    for module, parsed in MODULES.items():
        modules: dict[str, str] = {}
        for source, name, alias in imported(parsed):
            if f"{source}.{name}" in MODULES:
                modules[alias] = f"{source}.{name}"
            else:
                found[source, name] += 1
        for node in ast.walk(parsed):
            match node:
                case ast.Attribute(value=ast.Name(id=base)) if base in modules:
                    found[modules[base], node.attr] += 1
                case ast.Name(ctx=ast.Load()):
                    found[module, node.id] += 1
                case _:
                    pass
    return found


def in_itself(each: Defined) -> int:
    """Return how often something refers to itself: a function that calls itself is not called by that."""
    loads = (node for node in ast.walk(each.node) if isinstance(node, ast.Name))
    return sum(node.id == each.name and isinstance(node.ctx, ast.Load) for node in loads)


@cache
def explained() -> frozenset[str]:
    """Return every name that stands in a page as code; what `docs/adding.md` adds is not in the product."""
    pages = [ROOT / "README.md", *(page for page in (ROOT / "docs").glob("*.md") if page.name != "adding.md")]
    code = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
    texts = (excerpt for page in pages for excerpt in code.findall(page.read_text(encoding="utf-8")))
    return frozenset(name for text in texts for name in re.findall(r"\w+", text))


def is_a_command(each: Defined) -> bool:
    """Tell whether the command line reaches it: by `COMMANDS`, or by its app's decorator."""
    listed = {f"holdfast.cli.{place}" for place, _, _ in COMMANDS.values()}
    decorators = each.node.decorator_list if isinstance(each.node, Function) else []
    return str(each) in listed or any(ast.unparse(one).startswith("app.") for one in decorators)


def test_nothing_is_defined_in_vain() -> None:
    dead = [
        str(each)
        for each in definitions()
        if references()[each.module, each.name] <= in_itself(each)
        and not is_a_command(each)
        and each.name not in explained()
        and str(each) not in KEPT_UNUSED
    ]
    assert dead == [], "nothing refers to these: take them out, or say in KEPT_UNUSED why they stay"


@cache
def attributes() -> Counter[str]:
    """Return how often each name stands behind a dot, or as a name, anywhere."""
    nodes = [node for parsed in MODULES.values() for node in ast.walk(parsed)]
    found = Counter(node.attr for node in nodes if isinstance(node, ast.Attribute))
    return found + Counter(node.id for node in nodes if isinstance(node, ast.Name))


def test_no_method_is_defined_in_vain() -> None:
    """By its name alone: whose it is is not told by the syntax."""
    dead = [
        str(each)
        for each in methods()
        if not attributes()[each.name]
        and each.name not in CALLED_BY_LIBRARIES.get(each.module, ())
        and each.name not in explained()
        and str(each) not in KEPT_UNUSED
    ]
    assert dead == [], "nothing calls these: take them out, or say in KEPT_UNUSED why they stay"


@pytest.mark.parametrize("name", KEPT_UNUSED)
def test_what_is_kept_is_there_and_unused(name: str) -> None:
    module, _, defined = name.partition(":")
    assert defined in {each.name for each in (*definitions(), *methods()) if each.module == module}
    assert not references()[module, defined]
    assert not attributes()[defined]


@pytest.mark.parametrize("module", CALLED_BY_LIBRARIES)
def test_what_libraries_call_is_there(module: str) -> None:
    assert CALLED_BY_LIBRARIES[module] <= {each.name for each in methods() if each.module == module}
