"""Why a whole import is refused: the source cannot be read, or is not of the form it should be."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from holdfast.importers.history import Reject
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class SourceNotFound(Refusal):
    """Nothing is at the path."""

    code = "source_not_found"
    sort = Sort.NOT_FOUND
    what = Text("没有这个文件或文件夹", "there is no such file or folder")
    fix = Text(
        "请核对路径，或用 demo 一词取得生成的市场",
        "Check the path, or use the word demo for a generated market",
    )


class SourceUnreadable(Refusal):
    """The operating system does not let it be read."""

    code = "source_unreadable"
    sort = Sort.FORBIDDEN
    what = Text("无法读取：{reason}", "it cannot be read: {reason}")
    fix = Text("请确认它是可以读取的文件或文件夹", "Check that it is a file or a folder that you may read")


class EmptyFolder(Refusal):
    """A folder is named, and no file is in it."""

    code = "empty_folder"
    sort = Sort.NOT_FOUND
    what = Text(
        "此文件夹中没有文件；不看隐藏文件和子文件夹",
        "there is no file in this folder; hidden ones, and folders within it, are not looked into",
    )
    fix = Text(
        "请把文件放进去，或写明文件所在的文件夹", "Put the files into it, or name the folder that they are in"
    )


class UnknownForm(Refusal):
    """The file's name ends in none of the endings that are known."""

    code = "unknown_form"
    sort = Sort.MALFORMED
    what = Text("不认识以 {suffix!r} 结尾的文件", "files that end in {suffix!r} are not known here")
    fix = Text("请按内容命名为 .csv 或 .parquet", "Name it .csv or .parquet, by what it holds")


class NotOlist(Refusal):
    """The folder holds no file of an Olist data set."""

    code = "not_olist"
    sort = Sort.MALFORMED
    what = Text(
        "此文件夹中没有 Olist 数据集的文件", "this folder holds none of the files of an Olist data set"
    )
    fix = Text(
        "请给出含有 {expected} 的文件夹，或单个 .csv 或 .parquet 文件",
        "Give a folder with {expected}; or a single .csv or .parquet file",
    )


class MissingFile(Refusal):
    """A folder in Olist's form lacks a file that is needed."""

    code = "missing_file"
    sort = Sort.NOT_FOUND
    what = Text("此文件夹缺少文件 {file}", "the file {file} is missing from this folder")
    fix = Text("请补上；需要的是 {expected}", "Add it; needed are {expected}")


class EmptyFile(Refusal):
    """The file has no content, not even a header."""

    code = "empty_file"
    sort = Sort.MALFORMED
    what = Text("文件是空的", "the file is empty")
    fix = Text(
        "请重新导出；首行须写列名 {expected}",
        "Export it again; its first line must name the columns {expected}",
    )


class NotText(Refusal):
    """A file that should be CSV holds zero bytes."""

    code = "not_text"
    sort = Sort.MALFORMED
    what = Text("第 {byte} 个字节为零：这不是 UTF-8 文本", "byte {byte} is zero: this is not text in UTF-8")
    fix = Text(
        "请存为 UTF-8 的 CSV；不读电子表格自身的格式和 UTF-16",
        "Save it as CSV in UTF-8; a spreadsheet's own format or UTF-16 is not read",
    )


class BadEncoding(Refusal):
    """The text is not UTF-8."""

    code = "bad_encoding"
    sort = Sort.MALFORMED
    what = Text(
        "文件第 {byte} 个字节（0x{value:02x}）不是 UTF-8",
        "byte {byte} of the file (0x{value:02x}) is not UTF-8",
    )
    fix = Text(
        "请把文件存为 UTF-8；在电子表格中选 CSV UTF-8",
        "Save the file as UTF-8; in a spreadsheet choose CSV UTF-8",
    )


class BrokenCsv(Refusal):
    """Quotes are set so that the rows cannot be told apart."""

    code = "broken_csv"
    sort = Sort.MALFORMED
    what = Text("自此以下分不清各行：{reason}", "the rows from here on cannot be told apart: {reason}")
    fix = Text(
        "请给每个带引号的值补上引号，值内的引号写两次",
        "Close each quoted value with a quote, and double the quotes within it",
    )


class BrokenParquet(Refusal):
    """The file is no Parquet, or a part of one."""

    code = "broken_parquet"
    sort = Sort.MALFORMED
    what = Text("这不是完整的 Parquet 文件：{reason}", "this is not a whole Parquet file: {reason}")
    fix = Text(
        "请重新写出；途中截断的请重新复制", "Write it again, or copy it again if it was cut off on the way"
    )


class WrongDelimiter(Refusal):
    """The header is separated by something else than commas."""

    code = "wrong_delimiter"
    sort = Sort.MALFORMED
    what = Text("各列以 {delimiter!r} 分隔", "the columns are separated by {delimiter!r}")
    fix = Text("请用逗号分隔", "Separate them with commas")


class MissingColumn(Refusal):
    """A needed column is not in the header."""

    code = "missing_column"
    sort = Sort.MALFORMED
    what = Text("缺少列 {column}{because}", "the column {column} is missing{because}")
    fix = Text("请补上；各列为 {expected}", "Add it; the columns are {expected}")


class UnknownColumn(Refusal):
    """The header names a column that is not part of the form."""

    code = "unknown_column"
    sort = Sort.MALFORMED
    what = Text("此格式没有列 {column!r}", "there is no column {column!r} in this form")
    fix = Text(
        "{hint}请改名或删除；各列为 {expected}", "{hint}Rename or remove it; the columns are {expected}"
    )


class DuplicateColumn(Refusal):
    """The header names a column twice."""

    code = "duplicate_column"
    sort = Sort.MALFORMED
    what = Text("列 {column} 出现了两次", "the column {column} occurs twice")
    fix = Text("请只留一个", "Keep one of them")


class WrongColumnType(Refusal):
    """A Parquet column has a type that cannot hold what the column means."""

    code = "wrong_column_type"
    sort = Sort.MALFORMED
    what = Text("列 {column} 的类型为 {type}", "the column {column} has the type {type}")
    fix = Text("请写成 {expected}", "Write it as {expected}")


class NoOrders(Refusal):
    """No row of the source became an order."""

    code = "no_orders"
    sort = Sort.MALFORMED
    what = Text(
        "没有一行成为订单；{count} 行被拒绝{first}",
        "none of its rows became an order; {count} were refused{first}",
    )
    fix = Text("请对照 docs/import.md 中的格式", "Compare the file with the form in docs/import.md")

    @property
    def rejects(self) -> tuple[Reject, ...]:
        """Return every row that was refused, as a history would hold them."""
        return cast("tuple[Reject, ...]", self.details["rejects"])


class NonePaid(NoOrders):
    """Every row of the source says that its order was never paid."""

    code = "none_paid"
    sort = Sort.MALFORMED
    what = Text("{count} 笔订单没有一笔已付款", "none of its {count} orders was paid")
    fix = Text(
        "请给出已付款或将付款的订单；用我们的格式时，paid 留空或写 yes",
        "Give orders that were paid or are to be; in our own form, paid is empty for them or says yes",
    )


class RefundsApart(Refusal):
    """Refunds are given beside a generated market, or Olist's folder."""

    code = "refunds_apart"
    sort = Sort.MALFORMED
    what = Text(
        "单独的退款文件须与订单文件一起给出，而这是{kind}",
        "refunds in files of their own belong to orders in files, and this is {kind}",
    )
    fix = Text(
        "请去掉 --refunds，或以文件给出订单：见 docs/import.md",
        "Leave --refunds out, or give the orders as files: see docs/import.md",
    )


class MixedSources(Refusal):
    """Something is named beside a folder in Olist's form."""

    code = "mixed_sources"
    sort = Sort.MALFORMED
    what = Text(
        "Olist 格式的文件夹须单独读取，而旁边还写了其他来源",
        "a folder in Olist's form is read by itself, and others are named beside it",
    )
    fix = Text(
        "请单独给出；或先导入成文件：`holdfast import FOLDER -o orders.parquet`",
        "Give it by itself; or import it into a file first: `holdfast import FOLDER -o orders.parquet`",
    )


class NotWritten(Refusal):
    """The operating system does not let a file be written."""

    code = "file_not_written"
    sort = Sort.FORBIDDEN
    what = Text("无法写入：{reason}", "it cannot be written: {reason}")
    fix = Text(
        "请确认文件夹存在、可写且有空间", "Check that the folder exists, may be written to and has room"
    )


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
    first = Text("", "")
    if rejects:
        at, (reason, _) = f"{rejects[0].file}:{rejects[0].row}", rejects[0].told()
        first = Text(f"，第一行在 {at}：{reason.zh}", f", the first in {at}: {reason.en}")
    if unpaid:
        first = Text(f"{first.zh}；{unpaid} 笔从未付款", f"{first.en}; {unpaid} were never paid")
    return NoOrders(str(path), count=count, first=first, rejects=tuple(rejects))
