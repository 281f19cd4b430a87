"""The package as the tests of the house look at it: all of it imported, and all of its files parsed."""

import ast
import importlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from pkgutil import walk_packages
from typing import TypeVar

import holdfast

T = TypeVar("T")

PACKAGE = Path(holdfast.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

for _module in walk_packages(holdfast.__path__, "holdfast."):
    if "migrations" not in _module.name and not _module.name.endswith("__main__"):
        importlib.import_module(_module.name)  # what was not imported would not be looked at


def name_of(path: Path) -> str:
    """Return a file's name below the package's folder."""
    return path.relative_to(PACKAGE).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """Return a file, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"))


def _below(base: type[T]) -> Iterator[type[T]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _below(kind)


def every(base: type[T]) -> list[type[T]]:
    """Return every class of the package below `base`, by name; those that only group others are left out."""
    ours = {
        kind for kind in _below(base) if kind.__module__.startswith("holdfast.") and not kind.__subclasses__()
    }
    return sorted(ours, key=lambda kind: (kind.__module__, kind.__name__))


def room_of(kind: type[object] | Callable[..., object]) -> str:
    """Return the folder that a class or a function is in."""
    return kind.__module__.split(".")[1]
