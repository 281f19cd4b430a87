"""`holdfast bench`: how fast it is, each figure beside its target and a floor from the same run.

Figures go to stdout, progress and remarks to stderr. A target that is not met is no failure of the command.
"""

import sys
from pathlib import Path
from tempfile import gettempdir
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from holdfast.bench.figure import ALL_TARGETS, Figure
from holdfast.cli.documents import write_json
from holdfast.cli.places import AsJson, Data, Url
from holdfast.cli.problems import answering
from holdfast.cli.progress import bars

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Measure how fast it is, on this machine.")

Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="NAME",
        help="Measure this figure; once for each  [default: all]",
        show_default=False,
    ),
]
Olist = Annotated[
    Path | None,
    typer.Option(
        "--olist",
        metavar="DIR",
        help="Folder of Olist's data set, for the figures of its replay; without it they are not measured",
        exists=True,
        file_okay=False,
        show_default=False,
    ),
]
Quick = Annotated[
    bool, typer.Option("--quick", help="Measure for seconds, and growth to 100,000 orders: a rough look")
]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        metavar="DIR",
        help="Folder where logs are written and removed again, on the disk to measure  [default: the "
        "system's folder for temporary files]",
        exists=True,
        file_okay=False,
        show_default=False,
    ),
]
Minutes = Annotated[
    float,
    typer.Option("--minutes", metavar="N", help="Load it for so many minutes, too: errors, memory", min=0),
]


@app.callback()
def bench() -> None:
    """Measure how fast it is, on this machine."""


@app.command()
def core(
    only: Only = None,
    olist: Olist = None,
    data: Data = None,
    database_url: Url = None,
    *,
    quick: Quick = False,
    as_json: AsJson = False,
) -> None:
    """Measure the engine in memory and over PostgreSQL, in a schema of its own that is dropped at the end.

    All figures take about twenty minutes, most of them for a million orders and ten million facts;
    --quick takes one or two.
    """
    from holdfast.bench.core import measure, wanted  # noqa: PLC0415 - it takes a second to import
    from holdfast.server import database  # noqa: PLC0415 - as above

    with answering(as_json=as_json, interrupted="What it had measured is lost; its schema was dropped."):
        asked = wanted(only or (), quick=quick, olist=olist)
        if asked.lacks_olist:
            sys.stderr.write("Olist's data set is not measured: say where it is with --olist DIR\n")
        with bars(quiet=False) as shown:
            url = database.database_url(data, database_url, say=shown.say) if asked.needs_postgres else None
            figures = measure(asked, url, shown.tell)
        _tell(figures, as_json=as_json)


@app.command()
def lab(only: Only = None, *, quick: Quick = False, as_json: AsJson = False) -> None:
    """Measure the lab: facts a second, the gain of a second process, a large year, memory.

    It takes about four minutes, most of them for a year of 300,000 orders; --quick takes one.
    """
    from holdfast.bench.lab import measure as measure_lab  # noqa: PLC0415 - the lab is slow to import

    with answering(as_json=as_json, interrupted="What it had measured is lost."), bars(quiet=False) as shown:
        figures = measure_lab(only or (), shown.tell, quick=quick)
    _tell(figures, as_json=as_json)


@app.command("import")
def import_(only: Only = None, *, quick: Quick = False, as_json: AsJson = False) -> None:
    """Measure imports: a million rows of our own form, the widest forms of exports, a large workbook.

    It takes about two minutes, most of them to write the files; --quick takes some seconds.
    """
    from holdfast.bench.importing import measure as measure_import  # noqa: PLC0415 - as above

    with answering(as_json=as_json, interrupted="What it had measured is lost."), bars(quiet=False) as shown:
        figures = measure_import(only or (), shown.tell, quick=quick)
    _tell(figures, as_json=as_json)


@app.command()
def trail(
    only: Only = None,
    folder: Folder = None,
    data: Data = None,
    database_url: Url = None,
    *,
    quick: Quick = False,
    as_json: AsJson = False,
) -> None:
    """Measure the trail: the tree, the way from the feed to a signed head, receipts, the cost to the engine.

    All figures take about five minutes; --quick takes one half.
    """
    from holdfast.bench.trail.core import measure, wanted  # noqa: PLC0415 - keys and logs are slow to import
    from holdfast.server import database  # noqa: PLC0415 - as above

    with answering(as_json=as_json, interrupted="What it had measured is lost; its schema was dropped."):
        asked = wanted(only or (), quick=quick, folder=folder or Path(gettempdir()))
        with bars(quiet=False) as shown:
            url = database.database_url(data, database_url, say=shown.say) if asked.needs_postgres else None
            figures = measure(asked, url, shown.tell)
        for figure in figures:
            if figure.value is None:
                sys.stderr.write(f"{figure.name} is not measured: the engine did not commit that fast\n")
        _tell(figures, as_json=as_json)


@app.command()
def api(
    only: Only = None,
    minutes: Minutes = 0,
    data: Data = None,
    database_url: Url = None,
    *,
    quick: Quick = False,
    as_json: AsJson = False,
) -> None:
    """Measure the service over HTTP: orders, reads, batches, memory, and what is left after it was killed.

    It takes about three minutes, and those of --minutes; --quick takes half a minute.
    """
    from holdfast.bench.api.core import measure, wanted  # noqa: PLC0415 - it brings the web server
    from holdfast.server import database  # noqa: PLC0415 - as above

    with answering(as_json=as_json, interrupted="What it had measured is lost; its schema was dropped."):
        asked = wanted(only or (), quick=quick, minutes=minutes)
        if asked.lacks_minutes:
            sys.stderr.write("Minutes of load are not measured: say how many with --minutes N\n")
        with bars(quiet=False) as shown:
            figures = measure(asked, database.database_url(data, database_url, say=shown.say), shown.tell)
        _tell(figures, as_json=as_json)


def _tell(figures: list[Figure], *, as_json: bool) -> None:
    if as_json:
        write_json(figures)
    else:
        _print(figures)


def _print(figures: list[Figure]) -> None:
    table = Table("", box=None, pad_edge=False)
    table.add_column("figure", no_wrap=True)
    for heading in ("value", "target", "floor", "ratio"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("unit")
    for figure in figures:
        bound = "≤" if ALL_TARGETS[figure.name].less_is_better else "≥"
        table.add_row(
            "✓" if figure.met else "✗",
            figure.name,
            _written(figure.value),
            f"{bound} {_written(figure.target)}",
            _written(figure.floor),
            _written(figure.ratio),
            figure.unit,
        )
    Console(highlight=False).print(table)


def _written(value: float | None) -> str:
    """Write a figure for people: no more digits than it has."""
    if value is None:
        return "not measured"
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:g}"  # noqa: PLR2004 - a matter of looks
