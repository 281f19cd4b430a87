"""`holdfast replay`: a market's history run through the engine, and what consumers lose under each policy.

The answer goes to stdout, progress and refusals to stderr. Files are whole or not there.
"""

import os
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from holdfast.cli import figures, options
from holdfast.cli.db import AsJson, Data, Url
from holdfast.cli.problems import NOTHING_RAN, answering
from holdfast.cli.progress import Bars, bars
from holdfast.importers import source as importers
from holdfast.importers.history import History, Reject, Vanishing
from holdfast.importers.refusals import NoOrders, NotWritten
from holdfast.importers.rejects import write_rejects, write_repairs
from holdfast.kernel import clock
from holdfast.postgres import server
from holdfast.publishing.place import Place
from holdfast.replay import homes, logged, report
from holdfast.replay.document import encode
from holdfast.replay.drops import rejects_of
from holdfast.replay.policies import Named, chosen
from holdfast.replay.results import Assumption, Replay
from holdfast.replay.runner import Scenario, run
from holdfast.replay.timeline import check_vanishings, choose_vanishings
from holdfast.replay.world import Assumptions


class HomeName(StrEnum):
    """Where the replay lives."""

    MEMORY = "memory"
    POSTGRES = "postgres"


_BARE = Assumptions()


def replay(
    source: options.Source,
    policy: options.Policies = None,
    vanish: options.Vanish = None,
    vanish_random: options.VanishRandom = 0,
    seed: options.Seed = 0,
    home: Annotated[HomeName, typer.Option(help="Where rows and facts are kept")] = HomeName.MEMORY,
    trail: options.Trail = None,
    report_to: options.Report = None,
    rejects_to: options.Rejects = None,
    repairs_to: options.Repairs = None,
    claim_days: options.ClaimDays = _BARE.claim_days,
    declare_days: options.DeclareDays = _BARE.declare_days,
    score_1_percent: options.Score1 = _BARE.score_1_percent,
    score_2_percent: options.Score2 = _BARE.score_2_percent,
    run_away_claim_percent: options.RunAwayClaims = _BARE.run_away_claim_percent,
    consumer_limit: options.ConsumerLimit = _BARE.consumer_limit_minor,
    data: Data = None,
    database_url: Url = None,
    *,
    as_json: AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Run a market's history through the engine: what consumers lose today, and under our policies.

    The exit code is 3 where a policy took not one order: there is nothing that it can be judged by.
    """
    _check_place(home, data, database_url)
    named = [_vanishing(text) for text in vanish or []]
    assumptions = Assumptions(
        claim_days=claim_days,
        declare_days=declare_days,
        score_1_percent=score_1_percent,
        score_2_percent=score_2_percent,
        run_away_claim_percent=run_away_claim_percent,
        consumer_limit_minor=consumer_limit,
    )
    with answering(as_json=as_json, interrupted=_LEFT[home]):
        _check_writable(report_to, rejects_to, repairs_to)
        log = None if trail is None else logged.prepare(trail)
        policies = chosen(policy or [], consumer_limit)
        with bars(quiet=quiet) as shown:
            history = _read(source, seed, rejects_to, repairs_to, shown)
            scenario = _scenario(history, named, vanish_random, seed, assumptions)
            found = _run(scenario, policies, home, (data, database_url), log, shown)
            rejects = _write(found, history, report_to, rejects_to)
    _answer(found, rejects, as_json=as_json, quiet=quiet or rejects_to is not None)
    if not quiet:
        _say_where({"The report": report_to, f"The log of {policies[0].name}": trail})
    _check_something_ran(found, quiet=quiet)


def _write(found: Replay, history: History, report_to: Path | None, rejects_to: Path | None) -> list[Reject]:
    """Write the files that were asked for; return what the importer and the engine did not take."""
    rejects = [*history.rejects, *rejects_of(history, found)]
    if report_to is not None:
        report.write(found, report_to)
    if rejects_to is not None:
        write_rejects(rejects, rejects_to)
    return rejects


def _check_place(home: HomeName, data: Path | None, database_url: str | None) -> None:
    if home is HomeName.MEMORY and (data is not None or database_url is not None):
        raise typer.BadParameter("--data and --database-url need --home postgres")


def _say_where(written: Mapping[str, Path | None]) -> None:
    sys.stderr.writelines(f"{what} is in {path}\n" for what, path in written.items() if path is not None)


def _check_something_ran(found: Replay, *, quiet: bool) -> None:
    """End with a code of its own where a policy took nothing: a script must not read that as no loss."""
    if not found.nothing_ran:
        return
    if not quiet:
        sys.stderr.write(f"Not one order ran under {', '.join(found.nothing_ran)}\n")
    raise typer.Exit(NOTHING_RAN)


_LEFT = {
    HomeName.MEMORY: "No report was written; run it again.",
    HomeName.POSTGRES: "No report was written. Run the same replay again: it goes on where it was.",
}


def _vanishing(text: str) -> Vanishing:
    merchant_id, _, date = text.rpartition("@")
    if not merchant_id:
        raise typer.BadParameter(f"{text!r} is not of the form MERCHANT@YYYY-MM-DD", param_hint="--vanish")
    try:
        return Vanishing(merchant_id, clock.parse(date))
    except ValueError:
        raise typer.BadParameter(
            f"{date!r} is no date; write MERCHANT@YYYY-MM-DD", param_hint="--vanish"
        ) from None


def _check_writable(*paths: Path | None) -> None:
    for path in paths:
        check_writable(path)


def check_writable(path: Path | None) -> None:
    """Refuse a file that could not be written, before the work is done rather than after it.

    Raises:
        NotWritten: its folder is not there or closed to us, or a folder stands in its place.
    """
    if path is None:
        return
    if path.is_dir():
        raise NotWritten(str(path), reason="it is a folder")
    if not path.parent.is_dir():
        raise NotWritten(str(path), reason=f"there is no folder {path.parent}")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise NotWritten(str(path), reason=f"the folder {path.parent} may not be written to")


def _read(source: str, seed: int, rejects_to: Path | None, repairs_to: Path | None, shown: Bars) -> History:
    """Read the history, and write its rejects, also where nothing else is left of it, and its repairs."""
    try:
        history = importers.read(source, seed=seed, progress=lambda share: shown.tell("reading", share))
    except NoOrders as nothing:
        if rejects_to is not None:
            write_rejects(nothing.rejects, rejects_to)
        raise
    if rejects_to is not None:
        write_rejects(history.rejects, rejects_to)
    if repairs_to is not None:
        write_repairs(history.repairs, repairs_to)
    return history


def _scenario(
    history: History, named: Sequence[Vanishing], count: int, seed: int, assumptions: Assumptions
) -> Scenario:
    """Gather who vanishes: those of the source, those that are named in their place, and some by chance."""
    check_vanishings(history, named)
    replaced = {vanishing.merchant_id for vanishing in named}
    known = [v for v in history.vanishings if v.merchant_id not in replaced] + list(named)
    drawn = choose_vanishings(history, count, seed, beside={vanishing.merchant_id for vanishing in known})
    asked = [
        Assumption(
            "--vanish",
            f"{vanishing.merchant_id}@{clock.iso(vanishing.at)}",
            "该商家从此刻起失联",
            "this merchant vanishes then",
        )
        for vanishing in named
    ]
    if count:
        asked.append(
            Assumption(
                "--vanish-random",
                str(count),
                "按种子随机抽取的失联商家数",
                "merchants drawn by the seed that vanish",
            )
        )
    return Scenario(history, [*known, *drawn], assumptions, seed, asked)


def _run(
    scenario: Scenario,
    policies: Sequence[Named],
    home: HomeName,
    place: tuple[Path | None, str | None],
    log: Place | None,
    shown: Bars,
) -> Replay:
    with _homes(home, place, scenario.seed, log, shown) as factory:
        return run(scenario, policies, home.value, factory, shown.tell)


@contextmanager
def _homes(
    home: HomeName, place: tuple[Path | None, str | None], seed: int, log: Place | None, shown: Bars
) -> Generator[homes.HomeFactory]:
    if home is HomeName.MEMORY:
        factory = homes.memory(seed)
        yield factory if log is None else logged.in_memory(factory, log, shown.tell)
        return
    url = server.database_url(*place, say=shown.say)
    with homes.postgres(url, seed) as factory:
        yield factory if log is None else logged.in_postgres(factory, log, url)


def _answer(found: Replay, rejects: Sequence[Reject], *, as_json: bool, quiet: bool) -> None:
    if as_json:
        sys.stdout.buffer.write(encode(found))
        sys.stdout.flush()
    else:
        figures.show(found, Console(highlight=False, soft_wrap=False))
    if not quiet:
        sys.stderr.writelines(f"{line}\n" for line in figures.rejects_told(rejects))
