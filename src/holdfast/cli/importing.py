"""`holdfast import`: exports of marketplaces into our own plain form, explained before, and told after.

What was written goes to stdout, progress and refusals to stderr. Files are whole or not there.
"""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from holdfast.cli import options
from holdfast.cli.places import AsJson
from holdfast.cli.problems import answering
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
from holdfast.replay.taken import LEFT_OUT

_READING = "读取 reading"


def import_(
    files: options.Exports,
    output: options.Output = None,
    form: options.Map = None,
    draft_to: options.WriteMap = None,
    merchant: options.Merchant = None,
    zone: options.Zone = None,
    currency: options.Currency = None,
    consumer: options.Consumer = None,
    only: options.OnlyThese = None,
    key: options.Key = None,
    rejects_to: options.Rejects = None,
    repairs_to: options.Repairs = None,
    *,
    explained: Annotated[
        bool,
        typer.Option("--explain", help="Tell how the files are read, and what will be asked; take nothing"),
    ] = False,
    as_json: AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Read exports of marketplaces, and write them in our own plain form."""
    if output is None and not explained and draft_to is None:
        raise typer.BadParameter("say where to with -o FILE.parquet; or look first with --explain")
    with answering(as_json=as_json, interrupted="Nothing was written."):
        for path in (output, draft_to, rejects_to, repairs_to):
            check_writable(path)
        asked = options.asked(merchant, zone, currency, consumer, only, key)
        paths = files_of(files)
        if draft_to is not None:
            _draft(paths[0], draft_to)
        if explained:
            _explain(paths, form, asked, as_json=as_json)
        if output is None:
            return
        with bars(quiet=quiet) as shown:
            shown.plan({_READING: 1.0})
            try:
                history = read_exports(paths, chosen(form), asked, lambda share: shown.tell(_READING, share))
            except NoOrders as nothing:
                if rejects_to is not None:
                    write_rejects(nothing.rejects, rejects_to)
                raise
            written = write_plain(history, output)
            if rejects_to is not None:
                write_rejects(history.rejects, rejects_to)
            if repairs_to is not None:
                write_repairs(history.repairs, repairs_to)
    _tell(history, written, as_json=as_json)


def _draft(path: Path, to: Path) -> None:
    found = grids(path)
    with replacing(to) as part:
        part.write_text(draft(found[0], path.name), encoding="utf-8")
    sys.stderr.write(f"A draft of a form is in {to}: look through it, then read the file with --map {to}\n")


def _explain(paths: list[Path], form: str | None, asked: Asked, *, as_json: bool) -> None:
    found = [explain(table, asked) for path in paths for table in tables(path, chosen(form))]
    if as_json:
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
        table.add_row(field.field, column, " · ".join(field.values))
    console.print(table)
    for word in told.unknown:
        console.print(f"  ✗ {word.column}: {word.word!r} is not known ({word.rows} rows)", markup=False)
    if told.options:
        console.print(f"  To take it, say: {' '.join(told.options)}", markup=False)


def _tell(history: History, written: tuple[Path, ...], *, as_json: bool) -> None:
    told = {
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
        sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
        return
    lines = [f"{len(history.orders):,} orders in {history.currency} are in {', '.join(map(str, written))}"]
    lines += [f"{history.unpaid:,} were never paid: counted, not played"] if history.unpaid else []
    lines += [f"{count:,} {LEFT_OUT[kind].en}" for kind, count in history.left_out.items() if count]
    lines += [f"{count:,} × {kind.value}" for kind, count in history.repair_counts().items()]
    lines += [f"{len(history.rejects):,} rows were not taken: see --rejects"] if history.rejects else []
    lines += [
        f"  {each.file}:{each.row} {each.column} {each.value}: {each.reason}" for each in history.rejects[:5]
    ]
    sys.stdout.writelines(f"{line}\n" for line in lines)
