"""A file that is whole or not there: written beside its place, forced to disk, then renamed."""

import os
import re
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from holdfast.importers.refusals import NotWritten
from holdfast.kernel.system_errors import told_by_system


class Together:
    """Files that take their places when all are whole, and none where one could not be written."""

    def __init__(self) -> None:
        """Begin with none."""
        self._drafts: list[tuple[Path, Path]] = []

    def add(self, draft: Path, path: Path) -> None:
        """Take a draft that is whole."""
        self._drafts.append((draft, path))

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Rename all files into place, or remove the partial ones."""
        try:
            for draft, path in self._drafts if kind is None else ():
                try:
                    draft.replace(path)
                except OSError as error:
                    raise NotWritten(str(path), reason=told_by_system(error)) from error
        finally:
            for draft, _path in self._drafts:
                with suppress(OSError):  # it was renamed
                    draft.unlink()


@contextmanager
def replacing(path: Path, together: Together | None = None) -> Generator[Path]:
    """Give a path to write to, which takes the place of `path` when the block ends well, or with others.

    Drafts of the same file whose process was killed are removed first: nobody else would.

    Raises:
        NotWritten: the folder is missing, may not be written to, or is full; `path` is as it was.
    """
    _remove_orphans(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    kept = False
    try:
        yield draft
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
        if together is None:
            draft.replace(path)
        else:
            together.add(draft, path)
            kept = True
    except OSError as error:
        raise NotWritten(str(path), reason=told_by_system(error)) from error
    finally:
        if not kept:
            with suppress(OSError):  # it was renamed, or never came to be
                draft.unlink()


def _remove_orphans(path: Path) -> None:
    name = re.compile(rf"\.{re.escape(path.name)}\.([1-9][0-9]*)\.part", re.ASCII)
    with suppress(OSError):  # a folder that cannot be looked into is told of when the draft is written
        for each in [*path.parent.iterdir()]:
            found = name.fullmatch(each.name)
            if found is not None and not each.is_dir() and _is_gone(int(found[1])):
                with suppress(OSError):  # another process was faster, or alone may remove it
                    each.unlink()


def _is_gone(pid: int) -> bool:
    """Tell whether no process has this id: one of somebody else is there, and too great a number is no id."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
