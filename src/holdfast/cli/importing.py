"""The job of `holdfast import`: to explain, to draft a form, to write, and to report the result."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text as Shown

from holdfast.cli.documents import write_json
from holdfast.cli.progress import bars
from holdfast.cli.writable import check_outputs
from holdfast.importers.atomic import replacing
from holdfast.importers.bulk.gathering import Sources
from holdfast.importers.bulk.job import Imported, Targets, bring, written_whole
from holdfast.importers.explaining import explained
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.drafting import draft
from holdfast.importers.exports.explaining import Explanation, UnknownWord
from holdfast.importers.exports.files import files_of
from holdfast.importers.exports.form import Kind
from holdfast.importers.exports.shelf import chosen
from holdfast.importers.grids.open_grids import grids
from holdfast.importers.plain_writing import beside, check_beside
from holdfast.importers.source import olist_folder, read
from holdfast.kernel.text import Text
from holdfast.replay.taken import left_out_told, repairs_told, unpaid_told

_READING = "读取 reading"


class Wanted(NamedTuple):
    """The arguments and options of the command, as they were written."""

    files: Sequence[str]
    maps: Sequence[str]
    asked: Asked
    output: Path | None
    draft_to: Path | None
    rejects_to: Path | None
    repairs_to: Path | None
    links_to: Path | None
    explained: bool
    as_json: bool
    quiet: bool


def take(wanted: Wanted) -> None:
    """Do the parts of the job that were asked for.

    Raises:
        Refusal: see `bring`, and NotWritten.
    """
    further = None if wanted.output is None else beside(wanted.output)
    outputs = (wanted.output, further, wanted.draft_to, wanted.rejects_to, wanted.repairs_to, wanted.links_to)
    check_outputs(outputs, [*wanted.files, *wanted.maps])
    if wanted.output is not None:
        check_beside(wanted.output)
    if wanted.draft_to is not None:
        _draft(files_of(wanted.files)[0], wanted.draft_to)
    if wanted.explained:
        _explain(wanted)
    if wanted.output is not None:
        _tell(_write(wanted, wanted.output), as_json=wanted.as_json)


def _write(wanted: Wanted, output: Path) -> Imported:
    """Read the files and write their orders."""
    targets = Targets(output, wanted.rejects_to, wanted.repairs_to, wanted.links_to)
    with bars(quiet=wanted.quiet) as shown:
        shown.plan({_READING: 1.0})

        def progress(share: float) -> None:
            shown.tell(_READING, share)

        if not wanted.maps and (folder := olist_folder(wanted.files)) is not None:
            history = read(str(folder), zone=wanted.asked.zone, progress=progress)
            return written_whole(history, targets)
        sources = Sources(files_of(wanted.files), chosen(wanted.maps), mapped=bool(wanted.maps))
        return bring(sources, wanted.asked, targets, progress)


def _draft(path: Path, to: Path) -> None:
    found = grids(path)
    with replacing(to) as part:
        part.write_text(draft(found[0], path.name), encoding="utf-8")
    told = Text(
        f"表单草稿在 {to}：请先看一遍，再用 --map {to} 读取文件",
        f"A draft of a form is in {to}: look through it, then read the file with --map {to}",
    )
    sys.stderr.writelines(f"{line}\n" for line in told)


def _explain(wanted: Wanted) -> None:
    found = explained(wanted.files, wanted.maps, wanted.asked)
    if wanted.as_json:
        write_json(found)
        return
    console = Console(highlight=False, soft_wrap=False)
    for each in found:
        _show(each, console)


def _show(told: Explanation, console: Console) -> None:
    console.print(f"{told.file}: {told.zh} · {told.en} ({told.form})", markup=False)
    if told.purpose:
        for line in Text(told.purpose_zh or told.purpose, told.purpose):
            console.print(f"  {line}", markup=False)
    if not told.tried:
        console.print("  此格式未经真实样例检验 This form was not tried on a sample", markup=False)
    for line in _read_as(told):
        console.print(f"  {line}", markup=False)
    table = Table("字段 field", "列 column", "如 such as")
    for field in (*told.fields, *told.states):
        column = " / ".join(field.columns) or "—"
        # What stands in a file is no markup, whatever it looks like.
        table.add_row(field.field, Shown(column), Shown(" · ".join(field.values)))
    console.print(table)
    for word in told.unknown:
        console.print(f"  ✗ {_not_known(word).line()}", markup=False)
    for line in _to_take(told):
        console.print(f"  {line}", markup=False)


def _read_as(told: Explanation) -> Text:
    """Return how the file is read: where its header is, what its rows are, and in which signs."""
    read = [
        Text(f"表头在第 {told.header_row} 行", f"header in row {told.header_row}"),
        Text(f"每行为 {told.rows}", f"a row is: {told.rows}"),
    ]
    if told.encoding is not None:
        read.append(
            Text(
                f"文字为 {told.encoding}，以 {told.delimiter!r} 分隔",
                f"text in {told.encoding}, separated by {told.delimiter!r}",
            )
        )
    if told.zone:
        read.append(Text(f"时间按 {told.zone}", f"times of {told.zone}"))
    if told.currency:
        read.append(Text(f"金额以 {told.currency} 计", f"amounts in {told.currency}"))
    return Text("；".join(each.zh for each in read), "; ".join(each.en for each in read))


def _not_known(word: UnknownWord) -> Text:
    return Text(
        f"{word.column}：{word.word!r} 含义不明（{word.rows} 行）",
        f"{word.column}: {word.word!r} is not known ({word.rows} rows)",
    )


def _to_take(told: Explanation) -> Iterable[str]:
    """Return what has to be said for the file to be taken, a line for each language."""
    if told.options:
        said = " ".join(told.options)
        return Text(f"要导入，请写明 {said}", f"To take it, say: {said}")
    if told.kind != Kind.ORDERS:
        return ()
    zone = [
        Text(
            f"；没有时差的时间按 {told.zone} 读，另有指明的除外：{each}",
            f"; times without an offset are read as {told.zone}, unless you say {each}",
        )
        for each in told.choices
    ]
    return Text(
        "可以直接导入，无须另行说明" + "".join(each.zh for each in zone),
        "Nothing has to be said to take it" + "".join(each.en for each in zone),
    )


def _tell(told: Imported, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
        return
    files = ", ".join(told.files)
    lines = [
        *Text(
            f"{told.orders:,} 笔订单（{told.currency}）已写入 {files}",
            f"{told.orders:,} orders in {told.currency} are in {files}",
        )
    ]
    told_beside = (
        unpaid_told(told.unpaid),
        left_out_told({kind.value: count for kind, count in told.left_out.items()}),
        repairs_told({kind.value: count for kind, count in told.repairs.items()}),
    )
    lines += [text for each in told_beside for text in each if text]
    if told.links:
        lines += Text(
            f"{told.links:,} 个订单关联在 --links 的文件中",
            f"{told.links:,} links of orders are in the file of --links",
        )
    if told.rejects:
        lines += Text(
            f"{told.rejects:,} 行未被采纳：见 --rejects",
            f"{told.rejects:,} rows were not taken: see --rejects",
        )
    lines += [
        f"  {each.file}:{each.row} {each.column} {each.value}: {each.told()[0].line()}"
        for each in told.first_rejects
    ]
    sys.stdout.writelines(f"{line}\n" for line in lines)
