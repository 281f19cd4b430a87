"""Where the list of erasures is, and the sentence that a restore says about it."""

import os
from pathlib import Path
from typing import NamedTuple

from holdfast.kernel.system_errors import SaidError
from holdfast.kernel.text import Text
from holdfast.publishing import erasures
from holdfast.server import DEFAULT_DATA, database
from holdfast.server.database import Embedded

_ENDING = "-erasures.jsonl"

_AGAIN = (
    "此备份之后删除的主体：{count} 个，已再次删除（清单 {path}）\n"
    "{count} erased since this backup, erased again (as {path} lists them)"
)
_UNKNOWN = (
    "未能核对此备份之后是否有人被删除：没有清单 {path}\n"
    "Whether anybody was erased since this backup could not be checked: there is no list {path}. "
    "Where there is a copy of it, restore again with --replace --erasures FILE before anybody works with "
    "this; else find out who was erased since, and run `holdfast erase` for them again"
)


class Listed(NamedTuple):
    """The path where the list was looked for, and the tags of the keys on it; None where there is no list."""

    path: Path
    tags: frozenset[str] | None


def place(given: Path | None, data: Path | None, url: str | None) -> Path:
    """Return where a database's list is: the path given, else HOLDFAST_ERASURES, else beside its data folder.

    For a server of one's own, beside the folder that the embedded one would have.
    """
    if given is not None:
        return given
    if named := os.environ.get("HOLDFAST_ERASURES"):
        return Path(named)
    where = database.locate(data, url)
    folder = (
        where.data
        if isinstance(where, Embedded)
        else Path(os.environ.get("HOLDFAST_DATA") or DEFAULT_DATA).expanduser().resolve()
    )
    return folder.with_name(folder.name + _ENDING)


def read(given: Path | None, data: Path | None, url: str | None) -> Listed:
    """Read the list of a database.

    Raises:
        ErasuresDamaged: a line of it cannot be read.
        OSError: a path was given, and there is no list; or it cannot be read.
    """
    path = place(given, data, url)
    found = erasures.read(path)
    if found is None and given is not None:
        raise SaidError(Text("没有这份删除清单", "there is no such list of erasures"), str(path))
    return Listed(path, None if found is None else frozenset(key for one in found for key in one.keys))


def told(listed: Listed, again: list[int]) -> str:
    """Say how many subjects were erased again, or that this could not be found out."""
    words = _UNKNOWN if listed.tags is None else _AGAIN
    return words.format(path=listed.path, count=sum(again))
