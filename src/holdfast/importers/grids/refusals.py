"""Why a file gives no rows, or a row of it no cells; and how to export it so that it does."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text, same


class BlankFile(Refusal):
    """There is nothing in the file, or nothing but blank lines."""

    code = "blank_file"
    sort = Sort.MALFORMED
    what = Text("文件中没有内容", "there is nothing in it")
    fix = Text(
        "请重新导出，并确认所选时段有订单",
        "Export it again, and look whether the period that you chose has any orders",
    )


class NotATable(Refusal):
    """The first bytes are those of another kind of file."""

    code = "not_a_table"
    sort = Sort.MALFORMED
    what = Text(
        "不论文件名如何，这是{kind}，不是表格", "this is {kind}, whatever its name says, and not a table"
    )
    fix = same("{advice}")


class UnknownEncoding(Refusal):
    """No encoding that is tried reads the beginning as text."""

    code = "unknown_encoding"
    sort = Sort.MALFORMED
    what = Text("其文本不是 {encodings} 编码", "its text is not in {encodings}")
    fix = Text(
        "请按平台提供的方式重新导出，或在文本编辑器（而非电子表格）中存为 UTF-8",
        "Export it again as the platform offers it, or save it as UTF-8 in an editor, not in a spreadsheet",
    )


class UndecodableRow(Refusal):
    """A row holds bytes that mean nothing in the encoding in which the file is read."""

    code = "undecodable_row"
    sort = Sort.MALFORMED
    what = Text("该行有字节不是 {encoding} 文本", "the row holds bytes that are no text in {encoding}")
    fix = Text(
        "请重新导出；该行依旧的，请在编辑器中改正",
        "Export the file again; if the row is the same then, correct this line in an editor",
    )


class ZeroBytes(Refusal):
    """A row of text holds zero bytes, as a disk or a copy leaves them that failed."""

    code = "zero_bytes"
    sort = Sort.MALFORMED
    what = Text("该行有零字节，文本中不会有", "the row holds zero bytes, which no text does")
    fix = Text(
        "请重新复制或导出：有一部分没有写成", "Copy or export the file again: a part of it was not written"
    )


class RowTooLong(Refusal):
    """A row is longer than any row of a table is."""

    code = "row_too_long"
    sort = Sort.MALFORMED
    what = Text(
        "该行超过 {most:,} 个字符或 {lines:,} 行",
        "the row is longer than {most:,} characters or {lines:,} lines",
    )
    fix = Text(
        "请检查是否有引号没有闭合，或缺少换行",
        "Look for a quote that is never closed, or a line break that is missing",
    )


class RowQuotes(Refusal):
    """The quotes of a row do not tell where its cells end."""

    code = "row_quotes"
    sort = Sort.MALFORMED
    what = Text(
        "自此起 {lines} 行的引号分不清单元格：{reason}",
        "the quotes in {lines} line(s) from here do not tell where the cells end: {reason}",
    )
    fix = Text(
        "请给每个带引号的值补上引号，值内的引号写两次",
        "Close each quoted value with a quote, and double the quotes within it",
    )


class LockedWorkbook(Refusal):
    """The workbook is encrypted with a password."""

    code = "workbook_locked"
    sort = Sort.MALFORMED
    what = Text("工作簿有密码保护", "the workbook is protected with a password")
    fix = Text("请打开后另存为无密码的 .xlsx", "Open it, and save it as .xlsx without a password")


class BrokenWorkbook(Refusal):
    """The workbook, or a sheet of it, cannot be read."""

    code = "broken_workbook"
    sort = Sort.MALFORMED
    what = Text("无法读取工作簿：{reason}", "the workbook cannot be read: {reason}")
    fix = Text(
        "请重新导出或复制；旧的 .xls 请打开后另存为 .xlsx",
        "Export or copy it again; if it is as old as .xls, open it and save it as .xlsx",
    )


class WorkbookTooLarge(Refusal):
    """A sheet would take more memory than a machine has."""

    code = "workbook_too_large"
    sort = Sort.MALFORMED
    what = Text(
        "{part} 将占 {size:,} {unit}；最多读 {most:,}",
        "{part} would take {size:,} {unit}; at most {most:,} are read",
    )
    fix = Text(
        "请导出较短的时段，或导出 CSV；表本身不大的，请删除其右侧或下方远处的内容",
        "Export a shorter period, or CSV; if the sheet is small, delete what stands far right of or below it",
    )


class BrokenArchive(Refusal):
    """A compressed file is damaged, or was cut off on its way."""

    code = "broken_archive"
    sort = Sort.MALFORMED
    what = Text(
        "此压缩文件已损坏或不完整：{reason}", "this compressed file is damaged or not whole: {reason}"
    )
    fix = Text("请重新下载或复制", "Download or copy it again")


class LockedMember(Refusal):
    """A file in an archive is encrypted with a password."""

    code = "member_locked"
    sort = Sort.MALFORMED
    what = Text("压缩包中的此文件有密码保护", "this file of the archive is protected with a password")
    fix = Text(
        "请用密码解压，再给出其中的文件", "Unpack the archive with its password, and give the files in it"
    )


class NestedArchive(Refusal):
    """An archive lies in an archive."""

    code = "nested_archive"
    sort = Sort.MALFORMED
    what = Text("这是压缩包中的{kind}", "this is {kind} within an archive")
    fix = Text("请解开外层，再给出其中的内容", "Unpack the outer one, and give what is in it")


class UnknownCompression(Refusal):
    """A file in an archive is compressed in a way that is not read here."""

    code = "unknown_compression"
    sort = Sort.MALFORMED
    what = Text(
        "压缩包中此文件的压缩方式在此不能读取（方式 {method}）",
        "this file of the archive is compressed in a way that is not read here (method {method})",
    )
    fix = Text("请解压后给出其中的文件", "Unpack the archive, and give the files in it")


class InflatesTooMuch(Refusal):
    """What is compressed becomes far larger than an export does: such files are made to fill a machine."""

    code = "inflates_too_much"
    sort = Sort.MALFORMED
    what = Text(
        "压缩时 {packed:,} 字节，解开超过 {most:,} 字节，导出文件不会如此",
        "it is {packed:,} bytes compressed and more than {most:,} unpacked, which no export is",
    )
    fix = Text("若信任它，请自行解压并给出其中的文件", "If you trust it, unpack it, and give the files in it")


class TooManyMembers(Refusal):
    """An archive holds more files than an export does."""

    code = "too_many_members"
    sort = Sort.MALFORMED
    what = Text(
        "压缩包中有 {count:,} 个文件；最多读 {most:,} 个",
        "the archive holds {count:,} files; at most {most:,} are read",
    )
    fix = Text(
        "请解压，并给出所指的文件夹或文件", "Unpack it, and give the folder or the files that you mean"
    )


class BrokenHtml(Refusal):
    """A page's tags cannot be told apart."""

    code = "broken_html"
    sort = Sort.MALFORMED
    what = Text("分不清网页的标签：{reason}", "the page's tags cannot be told apart: {reason}")
    fix = Text(
        "请在电子表格中打开，把长数字设为文本，存为 .xlsx；或重新导出",
        "Open it in a spreadsheet, set long numbers to text, and save it as .xlsx; or export it again",
    )


class TooManyTables(Refusal):
    """A page, or a workbook, holds more tables than an export does."""

    code = "too_many_tables"
    sort = Sort.MALFORMED
    what = Text("其中的表多于 {most:,} 个", "it holds more than {most:,} tables")
    fix = Text("请把含有订单的表单独存为一个文件", "Keep the one with the orders in a file of its own")
