"""Refusing a file that could not be written before the work is done."""

import os
from pathlib import Path

from holdfast.importers.refusals import NotWritten


def check_writable(path: Path | None) -> None:
    """Refuse a file that could not be written, before the work is done rather than after it.

    Raises:
        NotWritten: its folder is not there or closed to us, or a folder stands in its place.
    """
    if path is None:
        return
    if path.is_dir():
        raise NotWritten(str(path), reason="it is a folder")
    if not path.parent.is_dir():
        raise NotWritten(str(path), reason=f"there is no folder {path.parent}")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise NotWritten(str(path), reason=f"the folder {path.parent} may not be written to")
