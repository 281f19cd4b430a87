"""Why a file gives no rows, or a row of it no cells; and how to export it so that it does."""

from holdfast.kernel.refusal import Refusal


class BlankFile(Refusal):
    """There is nothing in the file, or nothing but blank lines."""

    code = "blank_file"
    what = "there is nothing in it"
    fix = "Export it again, and look whether the period that you chose has any orders"


class NotATable(Refusal):
    """The first bytes are those of another kind of file."""

    code = "not_a_table"
    what = "this is {kind}, whatever its name says, and not a table"
    fix = "{advice}"


class UnknownEncoding(Refusal):
    """No encoding that is tried reads the beginning as text."""

    code = "unknown_encoding"
    what = "its text is not in {encodings}"
    fix = "Export it again as the platform offers it, or save it as UTF-8 in an editor, not in a spreadsheet"


class UndecodableRow(Refusal):
    """A row holds bytes that mean nothing in the encoding in which the file is read."""

    code = "undecodable_row"
    what = "the row holds bytes that are no text in {encoding}"
    fix = "Export the file again; if the row is the same then, correct this line in an editor"


class ZeroBytes(Refusal):
    """A row of text holds zero bytes, as a disk or a copy leaves them that failed."""

    code = "zero_bytes"
    what = "the row holds zero bytes, which no text does"
    fix = "Copy or export the file again: a part of it was not written"


class RowTooLong(Refusal):
    """A row is longer than any row of a table is."""

    code = "row_too_long"
    what = "the row is longer than {most:,} characters or {lines:,} lines"
    fix = "Look for a quote that is never closed, or a line break that is missing"


class RowQuotes(Refusal):
    """The quotes of a row do not tell where its cells end."""

    code = "row_quotes"
    what = "the quotes in {lines} line(s) from here do not tell where the cells end: {reason}"
    fix = "Close each quoted value with a quote, and double the quotes within it"


class LockedWorkbook(Refusal):
    """The workbook is encrypted with a password."""

    code = "workbook_locked"
    what = "the workbook is protected with a password"
    fix = "Open it, and save it as .xlsx without a password"


class BrokenWorkbook(Refusal):
    """The workbook, or a sheet of it, cannot be read."""

    code = "broken_workbook"
    what = "the workbook cannot be read: {reason}"
    fix = "Export or copy it again; if it is as old as .xls, open it and save it as .xlsx"


class WorkbookTooLarge(Refusal):
    """A sheet would take more memory than a machine has."""

    code = "workbook_too_large"
    what = "{part} would take {size:,} {unit}; at most {most:,} are read"
    fix = (
        "Export a shorter period, or CSV; if the sheet is small, delete what stands far right of or below it"
    )


class BrokenArchive(Refusal):
    """A compressed file is damaged, or was cut off on its way."""

    code = "broken_archive"
    what = "this compressed file is damaged or not whole: {reason}"
    fix = "Download or copy it again"


class LockedMember(Refusal):
    """A file in an archive is encrypted with a password."""

    code = "member_locked"
    what = "this file of the archive is protected with a password"
    fix = "Unpack the archive with its password, and give the files in it"


class NestedArchive(Refusal):
    """An archive lies in an archive."""

    code = "nested_archive"
    what = "this is {kind} within an archive"
    fix = "Unpack the outer one, and give what is in it"


class UnknownCompression(Refusal):
    """A file in an archive is compressed in a way that is not read here."""

    code = "unknown_compression"
    what = "this file of the archive is compressed in a way that is not read here (method {method})"
    fix = "Unpack the archive, and give the files in it"


class InflatesTooMuch(Refusal):
    """What is compressed becomes far larger than an export does: such files are made to fill a machine."""

    code = "inflates_too_much"
    what = "it is {packed:,} bytes compressed and more than {most:,} unpacked, which no export is"
    fix = "If you trust it, unpack it, and give the files in it"


class TooManyMembers(Refusal):
    """An archive holds more files than an export does."""

    code = "too_many_members"
    what = "the archive holds {count:,} files; at most {most:,} are read"
    fix = "Unpack it, and give the folder or the files that you mean"


class BrokenHtml(Refusal):
    """A page's tags cannot be told apart."""

    code = "broken_html"
    what = "the page's tags cannot be told apart: {reason}"
    fix = "Open it in a spreadsheet, set long numbers to text, and save it as .xlsx; or export it again"


class TooManyTables(Refusal):
    """A page, or a workbook, holds more tables than an export does."""

    code = "too_many_tables"
    what = "it holds more than {most:,} tables"
    fix = "Keep the one with the orders in a file of its own"
