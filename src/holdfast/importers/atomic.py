"""A file that is whole or not there: written beside its place, forced to disk, then renamed."""

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from holdfast.importers.refusals import NotWritten


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """Give a path to write to, which takes the place of `path` when the block ends well.

    Raises:
        NotWritten: the folder is missing, may not be written to, or is full; `path` is as it was.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield draft
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
        draft.replace(path)
    except OSError as error:
        raise NotWritten(str(path), reason=error.strerror or str(error)) from error
    finally:
        with suppress(OSError):  # it was renamed, or never came to be
            draft.unlink()
