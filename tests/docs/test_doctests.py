"""Every example in a docstring of the package runs, with the names of its module."""

import ast
import doctest
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = [
    path
    for path in sorted((ROOT / "src" / "holdfast").rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)


def examples(path: Path) -> Iterator[doctest.DocTest]:
    """Yield the docstrings that have examples: of private functions and of wrapped ones, too."""
    name = name_of(path)
    names = vars(importlib.import_module(name))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        text = (ast.get_docstring(node) or "") if isinstance(node, Documented) else ""
        if ">>> " in text:
            where = f"{name}.{getattr(node, 'name', '')}"
            line = getattr(node, "lineno", 1)
            yield doctest.DocTestParser().get_doctest(text, dict(names), where, str(path), line)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_the_examples_of_a_module_run(path: Path) -> None:
    written = path.read_text(encoding="utf-8").count(">>> ")
    found: list[str] = []
    run = 0
    for example in examples(path):
        results = doctest.DocTestRunner(verbose=False).run(example, out=found.append)
        run += results.attempted
        assert results.failed == 0, "".join(found)
    assert run == written, "an example stands outside of a docstring, and is not run"


@pytest.mark.parametrize("module", ["actor", "clock", "identity", "ids", "money", "zones"])
def test_the_kernel_is_explained_by_examples(module: str) -> None:
    assert ROOT / "src" / "holdfast" / "kernel" / f"{module}.py" in FILES
