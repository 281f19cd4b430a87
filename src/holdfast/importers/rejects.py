"""The rows that were refused and the times that were changed, as CSV files for whoever mends the source."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from holdfast.importers.atomic import replacing
from holdfast.importers.history import Reject, Repair
from holdfast.importers.spreadsheet import Writer


def write_rejects(rejects: Sequence[Reject], path: Path) -> None:
    """Write one line per reject under a header of its fields, in UTF-8; the file is whole or not there.

    Raises:
        NotWritten: the file cannot be written.
    """
    _write(Reject._fields, rejects, path)


def write_repairs(repairs: Sequence[Repair], path: Path) -> None:
    """Write one line per repair under a header of its fields, in UTF-8; the file is whole or not there.

    Raises:
        NotWritten: the file cannot be written.
    """
    _write(Repair._fields, repairs, path)


def _write(header: Sequence[str], rows: Iterable[tuple[object, ...]], path: Path) -> None:
    with replacing(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        Writer(file).write(tuple(header), *rows)
