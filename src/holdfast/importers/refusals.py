"""Why a whole import is refused: the source cannot be read, or is not of the form it should be."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from holdfast.importers.history import Reject
from holdfast.kernel.refusal import Refusal


class SourceNotFound(Refusal):
    """Nothing is at the path."""

    code = "source_not_found"
    what = "there is no such file or folder"
    fix = "Check the path, or use the word demo for a generated market"


class SourceUnreadable(Refusal):
    """The operating system does not let it be read."""

    code = "source_unreadable"
    what = "it cannot be read: {reason}"
    fix = "Check that it is a file or a folder that you may read"


class EmptyFolder(Refusal):
    """A folder is named, and no file is in it."""

    code = "empty_folder"
    what = "there is no file in this folder; hidden ones, and folders within it, are not looked into"
    fix = "Put the files into it, or name the folder that they are in"


class UnknownForm(Refusal):
    """The file's name ends in none of the endings that are known."""

    code = "unknown_form"
    what = "files that end in {suffix!r} are not known here"
    fix = "Name it .csv or .parquet, by what it holds"


class NotOlist(Refusal):
    """The folder holds no file of an Olist data set."""

    code = "not_olist"
    what = "this folder holds none of the files of an Olist data set"
    fix = "Give a folder with {expected}; or a single .csv or .parquet file"


class MissingFile(Refusal):
    """A folder in Olist's form lacks a file that is needed."""

    code = "missing_file"
    what = "the file {file} is missing from this folder"
    fix = "Add it; needed are {expected}"


class EmptyFile(Refusal):
    """The file has no content, not even a header."""

    code = "empty_file"
    what = "the file is empty"
    fix = "Export it again; its first line must name the columns {expected}"


class NotText(Refusal):
    """A file that should be CSV holds zero bytes."""

    code = "not_text"
    what = "byte {byte} is zero: this is not text in UTF-8"
    fix = "Save it as CSV in UTF-8; a spreadsheet's own format or UTF-16 is not read"


class BadEncoding(Refusal):
    """The text is not UTF-8."""

    code = "bad_encoding"
    what = "byte {byte} of the file (0x{value:02x}) is not UTF-8"
    fix = "Save the file as UTF-8; in a spreadsheet choose CSV UTF-8"


class BrokenCsv(Refusal):
    """Quotes are set so that the rows cannot be told apart."""

    code = "broken_csv"
    what = "the rows from here on cannot be told apart: {reason}"
    fix = "Close each quoted value with a quote, and double the quotes within it"


class BrokenParquet(Refusal):
    """The file is no Parquet, or a part of one."""

    code = "broken_parquet"
    what = "this is not a whole Parquet file: {reason}"
    fix = "Write it again, or copy it again if it was cut off on the way"


class WrongDelimiter(Refusal):
    """The header is separated by something else than commas."""

    code = "wrong_delimiter"
    what = "the columns are separated by {delimiter!r}"
    fix = "Separate them with commas"


class MissingColumn(Refusal):
    """A needed column is not in the header."""

    code = "missing_column"
    what = "the column {column} is missing{because}"
    fix = "Add it; the columns are {expected}"


class UnknownColumn(Refusal):
    """The header names a column that is not part of the form."""

    code = "unknown_column"
    what = "there is no column {column!r} in this form"
    fix = "{hint}Rename or remove it; the columns are {expected}"


class DuplicateColumn(Refusal):
    """The header names a column twice."""

    code = "duplicate_column"
    what = "the column {column} occurs twice"
    fix = "Keep one of them"


class WrongColumnType(Refusal):
    """A Parquet column has a type that cannot hold what the column means."""

    code = "wrong_column_type"
    what = "the column {column} has the type {type}"
    fix = "Write it as {expected}"


class NoOrders(Refusal):
    """No row of the source became an order."""

    code = "no_orders"
    what = "none of its rows became an order; {count} were refused{first}"
    fix = "Compare the file with the form in docs/import.md"

    @property
    def rejects(self) -> tuple[Reject, ...]:
        """Return every row that was refused, as a history would hold them."""
        return cast("tuple[Reject, ...]", self.details["rejects"])


class NonePaid(NoOrders):
    """Every row of the source says that its order was never paid."""

    code = "none_paid"
    what = "none of its {count} orders was paid"
    fix = "Give orders that were paid or are to be; in our own form, paid is empty for them or says yes"


class RefundsApart(Refusal):
    """Refunds are given beside a generated market, or Olist's folder."""

    code = "refunds_apart"
    what = "refunds in files of their own belong to orders in files, and this is {kind}"
    fix = "Leave --refunds out, or give the orders as files: see docs/import.md"


class MixedSources(Refusal):
    """Something is named beside a folder in Olist's form."""

    code = "mixed_sources"
    what = "a folder in Olist's form is read by itself, and others are named beside it"
    fix = "Give it by itself; or import it into a file first: `holdfast import FOLDER -o orders.parquet`"


class NotWritten(Refusal):
    """The operating system does not let a file be written."""

    code = "file_not_written"
    what = "it cannot be written: {reason}"
    fix = "Check that the folder exists, may be written to and has room"


def nothing_taken(path: Path, count: int, rejects: Sequence[Reject], unpaid: int) -> NoOrders:
    """Return the refusal of a source none of whose rows could be taken.

    Args:
        path: the source.
        count: how many rows were refused.
        rejects: why, of all of them or of the first.
        unpaid: how many were never paid.
    """
    if unpaid and not count:
        return NonePaid(str(path), count=unpaid, rejects=())
    first = f", the first in {rejects[0].file}:{rejects[0].row}: {rejects[0].reason}" if rejects else ""
    first += f"; {unpaid} were never paid" if unpaid else ""
    return NoOrders(str(path), count=count, first=first, rejects=tuple(rejects))
