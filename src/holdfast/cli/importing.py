"""The job of `holdfast import`: to explain, to draft a form, to write, and to tell what became of it."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from holdfast.cli.progress import bars
from holdfast.cli.writable import check_writable
from holdfast.importers.atomic import replacing
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.drafting import draft
from holdfast.importers.exports.explaining import Explanation, explain
from holdfast.importers.exports.histories import files_of, read_exports, tables
from holdfast.importers.exports.shelf import chosen
from holdfast.importers.grids.open_grids import grids
from holdfast.importers.history import History
from holdfast.importers.plain import write_plain
from holdfast.importers.refusals import NoOrders
from holdfast.importers.rejects import write_rejects, write_repairs
from holdfast.replay.taken import left_out_told, repairs_told, unpaid_told

_READING = "读取 reading"
_SHOWN = 5


class Wanted(NamedTuple):
    """What was asked for, as it was written."""

    files: Sequence[str]
    form: str | None
    asked: Asked
    output: Path | None
    draft_to: Path | None
    rejects_to: Path | None
    repairs_to: Path | None
    explained: bool
    as_json: bool
    quiet: bool


def take(wanted: Wanted) -> None:
    """Do what was asked for.

    Raises:
        Refusal: see `read_exports`, and NotWritten.
    """
    for path in (wanted.output, wanted.draft_to, wanted.rejects_to, wanted.repairs_to):
        check_writable(path)
    paths = files_of(wanted.files)
    if wanted.draft_to is not None:
        _draft(paths[0], wanted.draft_to)
    if wanted.explained:
        _explain(paths, wanted)
    if wanted.output is not None:
        history, written = _write(paths, wanted, wanted.output)
        _tell(history, written, as_json=wanted.as_json)


def _write(paths: Sequence[Path], wanted: Wanted, output: Path) -> tuple[History, tuple[Path, ...]]:
    """Read the files and write what they hold; rejects also where nothing else is left."""
    with bars(quiet=wanted.quiet) as shown:
        shown.plan({_READING: 1.0})
        try:
            history = read_exports(
                paths, chosen(wanted.form), wanted.asked, lambda share: shown.tell(_READING, share)
            )
        except NoOrders as nothing:
            if wanted.rejects_to is not None:
                write_rejects(nothing.rejects, wanted.rejects_to)
            raise
        written = write_plain(history, output)
    if wanted.rejects_to is not None:
        write_rejects(history.rejects, wanted.rejects_to)
    if wanted.repairs_to is not None:
        write_repairs(history.repairs, wanted.repairs_to)
    return history, written


def _draft(path: Path, to: Path) -> None:
    found = grids(path)
    with replacing(to) as part:
        part.write_text(draft(found[0], path.name), encoding="utf-8")
    sys.stderr.write(f"A draft of a form is in {to}: look through it, then read the file with --map {to}\n")


def _explain(paths: Sequence[Path], wanted: Wanted) -> None:
    forms = chosen(wanted.form)
    found = [explain(table, wanted.asked) for path in paths for table in tables(path, forms)]
    if wanted.as_json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
        return
    console = Console(highlight=False, soft_wrap=False)
    for each in found:
        _show(each, console)


def _show(told: Explanation, console: Console) -> None:
    console.print(f"{told.file}: {told.zh} · {told.en} ({told.form})", markup=False)
    if told.purpose:
        console.print(f"  {told.purpose}", markup=False)
    if not told.tried:
        console.print("  此格式未经真实样例检验 This form was not tried on a sample", markup=False)
    read = [f"header in row {told.header_row}", f"a row is: {told.rows}"]
    read += [] if told.encoding is None else [f"text in {told.encoding}, separated by {told.delimiter!r}"]
    read += [f"times of {told.zone}"] if told.zone else []
    read += [f"amounts in {told.currency}"] if told.currency else []
    console.print("  " + "; ".join(read), markup=False)
    table = Table("字段 field", "列 column", "如 such as")
    for field in (*told.fields, *told.states):
        column = " / ".join(field.columns) or "—"
        # What stands in a file is no markup, whatever it looks like.
        table.add_row(field.field, Text(column), Text(" · ".join(field.values)))
    console.print(table)
    for word in told.unknown:
        console.print(f"  ✗ {word.column}: {word.word!r} is not known ({word.rows} rows)", markup=False)
    if told.options:
        console.print(f"  To take it, say: {' '.join(told.options)}", markup=False)


def _tell(history: History, written: tuple[Path, ...], *, as_json: bool) -> None:
    answer = {
        "files": [str(path) for path in written],
        "orders": len(history.orders),
        "currency": history.currency,
        "unpaid": history.unpaid,
        "rejects": len(history.rejects),
        "repairs": {kind.value: count for kind, count in history.repair_counts().items()},
        "left_out": {kind.value: count for kind, count in history.left_out.items() if count},
        "dates_without_time": history.dates,
        "zone": history.zone,
    }
    if as_json:
        sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
        return
    lines = [f"{len(history.orders):,} orders in {history.currency} are in {', '.join(map(str, written))}"]
    beside = (
        unpaid_told(history.unpaid),
        left_out_told({kind.value: count for kind, count in history.left_out.items()}),
        repairs_told({kind.value: count for kind, count in history.repair_counts().items()}),
    )
    lines += [text for told in beside for text in told if text]
    lines += [f"{len(history.rejects):,} rows were not taken: see --rejects"] if history.rejects else []
    lines += [
        f"  {each.file}:{each.row} {each.column} {each.value}: {each.reason}"
        for each in history.rejects[:_SHOWN]
    ]
    sys.stdout.writelines(f"{line}\n" for line in lines)
