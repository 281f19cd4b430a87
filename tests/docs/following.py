"""Follows a page that adds something to the product: blocks are put into a copy, commands run there."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
COPIED = ("src/holdfast", "tests", "docs", "pyproject.toml", "README.md")

HEADING = re.compile(r"## (.+)")
CAPTION = re.compile(r"\*\*`([^`]+)`\*\*")
FENCE = re.compile(r"```(\w*) ?(\w*)")


class Block(NamedTuple):
    """A block of a page: under which heading, for which file (None: it is run), of which sort, its lines.

    `when` is told beside the sort: `before` is run before anything of its part is put.
    """

    part: str
    path: str | None
    sort: str
    when: str
    lines: tuple[str, ...]

    @property
    def in_root(self) -> str:
        """The file's path from the root."""
        assert self.path is not None
        known = self.path.startswith("tests/") or self.path in {"pyproject.toml", "README.md"}
        return self.path if known else f"src/holdfast/{self.path}"


def blocks(page: str) -> Iterator[Block]:
    """Yield the blocks of a page."""
    part, path, lines = "", None, iter(page.splitlines())
    for line in lines:
        if found := HEADING.match(line):
            part = found[1]
        elif found := CAPTION.match(line):
            path = found[1]
        elif found := FENCE.match(line):
            within: list[str] = []
            while (inner := next(lines)) != "```":
                within.append(inner)
            runs = found[1] == "sh"
            yield Block(part, None if runs else path, found[1], found[2], tuple(within))
            path = None


def hunks(block: Block) -> Iterator[tuple[list[str], list[str]]]:
    """Yield what stands in a file, and what will stand there instead."""
    before: list[str] = []
    after: list[str] = []
    for line in (*block.lines, "@@"):
        if line == "@@":
            yield before, after
            before, after = [], []
            continue
        if not line.startswith("+"):
            before.append(line[1:])
        if not line.startswith("-"):
            after.append(line[1:])


def places(lines: list[str], wanted: list[str]) -> list[int]:
    """Return where lines stand in a file."""
    return [at for at in range(len(lines)) if lines[at : at + len(wanted)] == wanted]


class Copy:
    """A copy of the product in a folder, to which a page's blocks are applied."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        nothing = shutil.ignore_patterns("__pycache__")
        for name in COPIED:
            source, target = ROOT / name, folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=nothing)
            else:
                shutil.copy(source, target)
        self._newest = max(file.name[:4] for file in self._versions.glob("[0-9]*.py"))

    @property
    def _versions(self) -> Path:
        return self.folder / "src/holdfast/postgres/migrations/versions"

    def filled(self, text: str) -> str:
        """Return a text of the page with the numbers of this copy's revisions."""
        following = f"{int(self._newest) + 1:04}"
        text = text.replace("NEXT", following).replace("LAST", self._newest)
        for file in self._versions.glob(f"{following}_*.py"):
            text = text.replace("HASH", hashlib.sha256(file.read_bytes()).hexdigest())
        return text

    def put(self, block: Block) -> None:
        """Write a new file, or change one that stands.

        Raises:
            AssertionError: the file is there, or what the page shows of it stands not once in it.
        """
        target = self.folder / self.filled(block.in_root)
        if block.sort != "diff":
            assert not target.exists(), f"{block.path}: it is there already, and the page writes it anew"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(self.filled("\n".join(block.lines) + "\n"), encoding="utf-8")
            return
        lines = target.read_text(encoding="utf-8").splitlines()
        for before, after in hunks(block):
            found = places(lines, before)
            assert len(found) == 1, f"{block.path}: this stands in it {len(found)} times: {before}"
            lines[found[0] : found[0] + len(before)] = [self.filled(line) for line in after]
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program of Python in the copy, with its code and its tests."""
        path = os.pathsep.join(str(self.folder / name) for name in ("src", "tests", "tests/docs"))
        return subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )

    def obey(self, block: Block, url: str) -> None:
        """Run the commands of a block; URL in them is the database's address.

        Raises:
            AssertionError: one failed.
        """
        for line in block.lines:
            program, *arguments = line.split()
            assert program == "python", line
            done = self.run(*(url if each == "URL" else self.filled(each) for each in arguments))
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
