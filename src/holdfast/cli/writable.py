"""Refusing a file that could not be written, or must not be, before the work is done."""

import os
from collections.abc import Sequence
from pathlib import Path

from holdfast.importers.refusals import NotWritten
from holdfast.kernel.text import Text


def check_writable(path: Path | None) -> None:
    """Refuse a file that could not be written, before the work is done rather than after it.

    Raises:
        NotWritten: its folder is not there or closed to us, or a folder stands in its place.
    """
    if path is None:
        return
    if path.is_dir():
        raise NotWritten(str(path), reason=Text("是文件夹", "it is a folder"))
    if not path.parent.is_dir():
        raise NotWritten(
            str(path), reason=Text(f"没有文件夹 {path.parent}", f"there is no folder {path.parent}")
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise NotWritten(
            str(path),
            reason=Text(f"文件夹 {path.parent} 不可写入", f"the folder {path.parent} may not be written to"),
        )


def check_outputs(paths: Sequence[Path | None], sources: Sequence[str] = ()) -> None:
    """Refuse files that could not be written, or that would take the place of one another, or of a source.

    Args:
        paths: the files to be written; None where one is not wanted.
        sources: the files to be read; a folder stands for its files. Words that name no file are ignored.

    Raises:
        NotWritten: as `check_writable`; or it is named twice, or is one of the files that are read.
    """
    seen: set[Path] = set()
    read = {place for source in sources for place in _places(Path(source).expanduser())}
    for path in paths:
        check_writable(path)
        if path is None:
            continue
        place = path.resolve()
        if place in read:
            raise NotWritten(
                str(path),
                reason=Text(
                    "是正在读取的文件之一；请另写文件名", "it is one of the files that are read; name another"
                ),
            )
        if place in seen:
            raise NotWritten(
                str(path),
                reason=Text("两个文件同名；请另写文件名", "two files would have this name; name another"),
            )
        seen.add(place)


def _places(source: Path) -> list[Path]:
    try:
        return [each.resolve() for each in source.iterdir()] if source.is_dir() else [source.resolve()]
    except OSError:
        return []  # whoever reads it says why it cannot be
