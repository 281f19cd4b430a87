"""`holdfast lab`: release policies compared on a market of agents, with adversaries.

The answer goes to stdout, progress and remarks to stderr. A run that is broken off goes on where it was.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console

from holdfast.cli import lab_attack, options
from holdfast.cli.documents import write_json
from holdfast.cli.lab_options import Finished, Learn, Processes, folder
from holdfast.cli.options import Quiet, Refunds, Seed, Zone
from holdfast.cli.places import AsJson
from holdfast.cli.problems import answering
from holdfast.cli.progress import bars
from holdfast.cli.writable import check_outputs, check_writable
from holdfast.lab import market_file
from holdfast.lab.effort import Learning, effort

if TYPE_CHECKING:
    from holdfast.lab.market_file import SourcedNumber
    from holdfast.lab.runs import Work

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Compare release policies on a market with adversaries."
)

_MOST_RUNS = 100_000

MarketName = Annotated[
    str, typer.Option("--market", metavar="demo|FILE", help="The market: the word demo, or a TOML file")
]
Policies = Annotated[
    list[str] | None,
    typer.Option(
        "--policy",
        metavar="POLICY",
        help="today, full, covered(0.95), delivery_plus(7), rolling_reserve(15%, 30d), fixed_deposit(100000) "
        "or a .toml file; once for each",
        show_default=False,
    ),
]
Adversaries = Annotated[
    list[str] | None,
    typer.Option(
        "--adversary",
        metavar="NAME",
        help="Only this adversary of the market; once for each. The name learning searches for the worst",
        show_default=False,
    ),
]
Runs = Annotated[
    int, typer.Option("--runs", metavar="N", min=1, max=_MOST_RUNS, help="How many runs of each")
]
Report = Annotated[
    Path | None, typer.Option("--report", metavar="FILE.html", help="Write the report", show_default=False)
]
AsTable = Annotated[
    bool, typer.Option("--table", help="Print the tables in Markdown, as the README has them")
]
app.command(name="attack")(lab_attack.attack)

_LEFT = "What is finished is kept: run the same again, and it goes on there."

_RUN_DEFAULT = ("covered(0.95)",)
_REPORT = Path("holdfast-lab.html")


@app.callback()
def lab() -> None:
    """Compare release policies on a market with adversaries."""


@app.command()
def run(
    market: MarketName = market_file.DEMO,
    policy: Policies = None,
    adversary: Adversaries = None,
    runs: Runs = 1,
    learn: Learn = None,
    seed: Seed = 0,
    processes: Processes = 0,
    report: Report = None,
    data: Finished = None,
    *,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run a market under policies (covered(0.95), where none is named); print losses and who bore them."""
    asked = _Asked(market, policy or [*_RUN_DEFAULT], adversary or [], runs, learn, seed, processes, data)
    _compare(asked, report, as_json=as_json, quiet=quiet)


@app.command()
def compare(
    market: MarketName = market_file.DEMO,
    policy: Policies = None,
    adversary: Adversaries = None,
    runs: Runs = 20,
    learn: Learn = None,
    seed: Seed = 0,
    processes: Processes = 0,
    report: Report = _REPORT,
    data: Finished = None,
    *,
    as_json: AsJson = False,
    as_table: AsTable = False,
    quiet: Quiet = False,
) -> None:
    """Compare policies by what consumers and the fund lose and by how much money of merchants they lock.

    Without --policy: those of the big platforms, full, and covered. Without --adversary: all of the market,
    and one that learns. On two slow cores --runs 1 takes some three minutes, of which half is learning, and
    --runs 20 half an hour: there the learning one searches in full, which takes six minutes (--learn).
    """
    from holdfast.lab.runs import DEFAULT, LEARNING  # noqa: PLC0415 - the lab is slow to import

    names = adversary
    if names is None:
        with answering(as_json=as_json, interrupted=_LEFT):
            found, _ = market_file.named(market)
        names = [*(one.name for one in found.adversaries), LEARNING]
    asked = _Asked(market, policy or [*DEFAULT], names, runs, learn, seed, processes, data)
    _compare(asked, report, as_json=as_json, as_table=as_table, quiet=quiet)


@app.command(name="size-fund")
def size_fund(
    market: MarketName = market_file.DEMO,
    policy: Policies = None,
    adversary: Adversaries = None,
    runs: Runs = 20,
    seed: Seed = 0,
    processes: Processes = 0,
    solvency: Annotated[
        float, typer.Option("--solvency", min=0.5, max=0.9999, help="Probability to stay solvent")
    ] = 0.999,
    data: Finished = None,
    *,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Tell how large the guarantee fund must be to stay solvent over the market's time, by simulation."""
    from holdfast.cli import lab_figures  # noqa: PLC0415 - the lab is slow to import
    from holdfast.lab.runs import costs, fund_sizes  # noqa: PLC0415 - as above

    asked = _Asked(
        market, policy or ["full", *_RUN_DEFAULT], adversary or [], runs, Learning.NONE, seed, processes, data
    )
    with answering(as_json=as_json, interrupted=_LEFT):
        work, _ = asked.work()
        with bars(quiet=quiet) as shown:
            shown.plan(costs(work))
            sizes = fund_sizes(work, solvency, shown.tell)
    if as_json:
        _print_json({"currency": work.market.currency, "funds": sizes})
    else:
        lab_figures.show_funds(sizes, work.market.currency, _console())
    work.kept.forget()


@app.command()
def fit(
    sources: options.Sources,
    refunds: Refunds = None,
    maps: options.Map = None,
    merchant: options.Merchant = None,
    currency: options.Currency = None,
    consumer: options.Consumer = None,
    only: options.OnlyThese = None,
    key: options.Key = None,
    seed: Seed = 0,
    zone: Zone = None,
    write: Annotated[
        Path | None,
        typer.Option(
            "--write",
            metavar="FILE.toml",
            help="Write the fitted numbers, to be put into a market file",
            show_default=False,
        ),
    ] = None,
    *,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Fit a market's distributions to an order history, and print how well they fit."""
    from holdfast.cli import lab_figures  # noqa: PLC0415 - as above
    from holdfast.importers import source as importers  # noqa: PLC0415 - as above
    from holdfast.lab import fitting  # noqa: PLC0415 - as above

    with answering(as_json=as_json, interrupted="Nothing was written; run it again."):
        check_outputs([write], sources)
        with bars(quiet=quiet) as shown:
            history = importers.read(
                sources,
                seed=seed,
                zone=zone,
                progress=lambda share: shown.tell("读取 reading", share),
                refunds=refunds or [],
                asked=options.asked(merchant, zone, currency, consumer, only, key),
                maps=maps or [],
            )
        fitted = fitting.fit(history)
        if write is not None:
            lab_figures.write_text(write, fitting.as_toml(fitted, history.source))
    if as_json:
        _print_json({"source": history.source, "orders": len(history.orders), "fitted": fitted})
    else:
        lab_figures.show_fitted(fitted, _console())


class _Asked(msgspec.Struct, frozen=True):
    """The options of the command, as they were written."""

    market: str
    policies: list[str]
    adversaries: list[str]
    runs: int
    learn: Learning | None
    seed: int
    processes: int
    data: Path | None

    def work(self) -> "tuple[Work, list[SourcedNumber]]":
        """Return the work, and the market's numbers for the report."""
        from holdfast.lab import runs  # noqa: PLC0415 - as above
        from holdfast.lab.jobs import Kept, processors  # noqa: PLC0415

        market, numbers = market_file.named(self.market)
        names, named = runs.adversaries(market, self.adversaries)
        work = runs.Work(
            market=market,
            market_name=self.market,
            policies=runs.policies(self.policies),
            adversaries=names,
            learns=effort(self.learn, self.runs, named=named),
            runs=self.runs,
            seed=self.seed,
            processes=self.processes or processors(),
            kept=Kept(folder(self.data)),
        )
        return work, numbers


def _compare(
    asked: _Asked, report_to: Path | None, *, as_json: bool, quiet: bool, as_table: bool = False
) -> None:
    from holdfast.cli import lab_figures, lab_table  # noqa: PLC0415 - as above
    from holdfast.lab import report, runs  # noqa: PLC0415 - as above

    with answering(as_json=as_json, interrupted=_LEFT):
        check_writable(report_to)
        work, numbers = asked.work()
        with bars(quiet=quiet) as shown:
            shown.plan(runs.costs(work))
            found = runs.compare(work, shown.tell)
        if report_to is not None:
            report.write(found.comparison, found.learned, numbers, report_to)
    if as_json:
        _print_json(lab_figures.document(found))
    elif as_table:
        sys.stdout.write(lab_table.markdown(found.comparison, found.learned))
    else:
        lab_figures.show(found, _console())
    if report_to is not None and not quiet:
        sys.stderr.write(f"The report is in {report_to}\n")
    work.kept.forget()


_WIDE = 150


def _console() -> Console:
    """Return the console for answers: as wide as the terminal, or wide enough for a file."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE)


def _print_json(document: object) -> None:
    write_json(document)
