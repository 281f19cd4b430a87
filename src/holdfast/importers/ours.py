"""Whether a file is of our own form: orders, or refunds."""

from pathlib import Path

from holdfast.importers import parquet, plain_rows, refunds
from holdfast.importers.exports.cleaning import heading
from holdfast.importers.refusals import SourceUnreadable
from holdfast.importers.table import header
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.system_errors import told_by_system

_PARQUET = b"PAR1"
_HEAD_BYTES = 65_536
_SEPARATED = str.maketrans(dict.fromkeys(";\t|", ","))
_OURS = 3
"""Of the columns that our own form needs, so many in its first line make a file of ours, if a faulty one."""


def is_ours(path: Path) -> bool:
    """Tell by its first bytes whether it is a CSV or Parquet file of our own form, a faulty one too.

    An empty one is, and any Parquet file, as no export is one. One whose lines end with a carriage return is
    read as other tables are.

    Raises:
        SourceUnreadable: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise SourceUnreadable(str(path), reason=told_by_system(error)) from error
    suffix = path.suffix.lower()
    if head.startswith(_PARQUET) or suffix == ".parquet" or (not head and suffix == ".csv"):
        return True
    if suffix != ".csv" or (b"\r" in head and b"\n" not in head):
        return False
    first = head.decode("utf-8", errors="replace").lstrip("\ufeff\r\n").partition("\n")[0]
    columns = {heading(cell).lower() for cell in first.translate(_SEPARATED).split(",")}
    return len(columns.intersection(plain_rows.FORM.required)) >= _OURS


def is_refunds(path: Path) -> bool:
    """Tell by its header whether a .csv or .parquet file holds refunds, and not orders.

    A file that cannot be read is none of refunds: whoever reads it then says why.
    """
    try:
        names = parquet.header(path) if path.suffix.lower() == ".parquet" else header(path)
    except Refusal:
        return False
    return sorted(names) == sorted(refunds.FORM.columns)
