"""What a refusal says stands in 中文 and in English, and so do the reasons that fill its sentences.

A reason that is written down as an English text would stand in the midst of a sentence in 中文: so whatever
is handed to a refusal in words is a `kernel.text.Text`. Names, numbers and ids are as they are.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from the_package import FILES, every, tree

from holdfast.kernel.refusal import Refusal

TOLD = {"BadCell": 2, "BadUrl": 0, "NoAnswer": 0}
"""No refusals, but turned into some, or into rejects of files: how many arguments stand before the words."""

PLACED_FIRST = 1
"""The first argument of a refusal is where it is: a row, a field, a line of a file."""

WORDS = {"Text", "same", "sentences", "told_by_system"}
"""What makes a text of both languages: nothing in it is looked at."""

NAMES = {
    "Authorization": "a header",
    "Host": "a header",
    "Idempotency-Key": "a header",
    "Origin": "a header",
    "Prefer": "a header",
    "latin-1": "a standard",
    "limit": "a parameter of queries",
    "role": "a parameter of queries",
    "GB18030": "a standard",
    "Holdfast": "a program",
    "PostgreSQL": "a program",
    "SHA-256": "a standard",
    "SM3": "a standard",
    "UTF-8": "a standard",
    "pgserver": "an account of the system",
    "postgres": "a program",
    "public": "a schema of PostgreSQL",
    "state": "a field of forms",
    "little": "an argument of int.from_bytes",
    "logs/": "a folder of the witness",
    "/reversal": "the end of an id",
    ".toml": "the end of a file's name",
    "at": "a field of the sentence",
    "first": "a field of the sentence",
    "last": "a field of the sentence",
    "PG_VERSION": "a file of PostgreSQL",
}
"""Texts that are no prose, since they are the same in every language."""

WORD = re.compile(r"[A-Za-z]{2,}")


def named(call: ast.Call) -> str:
    """Return the name of what is called."""
    match call.func:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def prose(node: ast.AST) -> Iterator[str]:
    """Yield the texts of an expression that are written in one language."""
    match node:
        case ast.Call() if named(node) in WORDS:
            return
        case ast.Constant(str(text)) if WORD.search(text) and text not in NAMES:
            yield text
        case ast.FormattedValue():  # its format is no text
            yield from prose(node.value)
        case ast.Subscript():  # what is looked up is a key
            yield from prose(node.value)
        case ast.Call():
            for part in (node.func, *node.args, *(keyword.value for keyword in node.keywords)):
                yield from prose(part)
        case ast.Compare():
            return
        case _:
            for part in ast.iter_child_nodes(node):
                yield from prose(part)


def assigned(nodes: Iterable[ast.AST]) -> dict[str, list[ast.expr]]:
    """Return what names are set to."""
    found: dict[str, list[ast.expr]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
    return found


def handed(call: ast.Call, places: int) -> Iterator[ast.expr]:
    """Yield the arguments of a refusal that its sentences are filled with."""
    yield from call.args[places:]
    yield from (keyword.value for keyword in call.keywords)


def places_of(kind: type[Refusal] | None) -> int:
    """Return how many of its first arguments say where a refusal is; those with a reason alone have none."""
    own = kind is not None and "reason" in kind.__init__.__code__.co_varnames[1:2]
    return 0 if kind is None or own else PLACED_FIRST


KINDS: dict[str, int] = {
    **TOLD,
    **{kind.__name__: places_of(kind) for kind in every(Refusal)},
}


def one_language(path: Path) -> Iterator[str]:
    """Yield what is handed to refusals in a file, in the words of one language."""
    constants = assigned(tree(path).body)
    for function in ast.walk(tree(path)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        local = {**constants, **assigned(ast.walk(function))}
        for call in ast.walk(function):
            if not isinstance(call, ast.Call) or named(call) not in KINDS:
                continue
            for given in handed(call, KINDS[named(call)]):
                meant = local.get(given.id, []) if isinstance(given, ast.Name) else [given]
                for text in (text for each in meant for text in prose(each)):
                    yield f"{path}:{call.lineno} {named(call)}: {text!r}"


def test_the_kinds_are_found() -> None:
    assert {"BadNote", "NotFound", "BrokenParquet", "BagTooLarge"} <= KINDS.keys()
    assert KINDS["BadNote"] == 0
    assert KINDS["BagTooLarge"] == PLACED_FIRST


def test_no_refusal_is_filled_with_the_words_of_one_language() -> None:
    found = sorted({each for path in FILES for each in one_language(path)})
    assert found == [], "say it in both: kernel.text.Text"


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ('raise BadNote("it is empty")', True),
        ('raise BadNote(Text("空", "it is empty"))', False),
        ('raise BagTooLarge("line 1", reason=f"it has {n:,} bytes")', True),
        ('raise BagTooLarge("line 1", reason=error.told())', False),
        ('reason = "empty" if n else "full"\n    raise BagTooLarge("x", reason=reason)', True),
        ('raise BagTooLarge("x", reason="SHA-256", size=sizes["one of them"])', False),
        ('return BadCell("amount", "0", "it is nothing", Text("改", "mend it"))', True),
    ],
)
def test_what_is_found(written: str, wrong: bool, tmp_path: Path) -> None:  # noqa: FBT001
    path = tmp_path / "written.py"
    path.write_text(f"def written():\n    {written}\n", "utf-8")
    assert bool([*one_language(path)]) is wrong
