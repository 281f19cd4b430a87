"""The job of `holdfast replay`; it takes two seconds to import, so no help text needs it."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import typer
from rich.console import Console

from holdfast.cli import figures
from holdfast.cli.problems import NOTHING_RAN, answering
from holdfast.cli.progress import Bars, bars
from holdfast.cli.replay import HomeName
from holdfast.cli.writable import check_outputs
from holdfast.importers import source as importers
from holdfast.importers.exports.asking import Asked as ExportsAsked
from holdfast.importers.history import History, Reject, Vanishing
from holdfast.importers.refusals import NoOrders
from holdfast.importers.rejects import write_rejects, write_repairs
from holdfast.kernel import clock, zones
from holdfast.publishing.place import Place
from holdfast.replay import homes, logged, report
from holdfast.replay.document import encode
from holdfast.replay.drops import rejects_of
from holdfast.replay.policies import Named, chosen
from holdfast.replay.results import Assumption, Replay
from holdfast.replay.runner import Scenario, run
from holdfast.replay.timeline import check_vanishings, choose_vanishings
from holdfast.replay.world import Assumptions
from holdfast.server import database

_LEFT = {
    HomeName.MEMORY: "No report was written; run it again.",
    HomeName.POSTGRES: "No report was written. Run the same replay again: it goes on where it was.",
}


_OTHERS = (
    "数据库中还有此前其他回放留下的模式：{schemas}；--drop-earlier 予以删除\n"
    "Earlier replays of other policies have left their schemas: {schemas}; --drop-earlier drops them\n"
)


_READING = "读取 reading"
_READING_COSTS = 0.3
"""The cost of reading beside the replay of one policy; in Olist's history it is a third."""


class Files(NamedTuple):
    """The files of a replay: its sources, the folder of its log, and its outputs."""

    sources: Sequence[str]
    refunds: Sequence[str]
    maps: Sequence[str]
    trail: Path | None
    report_to: Path | None
    rejects_to: Path | None
    repairs_to: Path | None


class Vanished(NamedTuple):
    """Who vanishes, beside those of the source: some by name, and so many by chance."""

    named: Sequence[Vanishing]
    drawn: int


class Where(NamedTuple):
    """Where rows and facts are kept: in which home, and in which database, by folder or by address."""

    home: HomeName
    database: tuple[Path | None, str | None]
    drop_earlier: bool


class Asked(NamedTuple):
    """The arguments and options, as they were written."""

    files: Files
    exports: ExportsAsked
    policies: Sequence[str]
    vanished: Vanished
    seed: int
    zone: str | None
    where: Where
    assumptions: Assumptions
    as_json: bool
    quiet: bool


def play(asked: Asked) -> None:
    """Play the history under each policy, and write the answer, and the report where one is asked for."""
    files, quiet = asked.files, asked.quiet
    with answering(as_json=asked.as_json, interrupted=_LEFT[asked.where.home]):
        check_outputs((files.report_to, files.rejects_to, files.repairs_to), [*files.sources, *files.refunds])
        log = None if files.trail is None else logged.prepare(files.trail)
        policies = chosen(asked.policies, asked.assumptions.consumer_limit_minor)
        with bars(quiet=quiet) as shown:
            shown.plan({_READING: _READING_COSTS, **dict.fromkeys((each.name for each in policies), 1.0)})
            history = _read(asked, shown)
            scenario = _scenario(history, asked)
            found, others = _run(scenario, policies, asked, log, shown)
            rejects = _write(found, history, files)
    if others and not quiet:
        sys.stderr.write(_OTHERS.format(schemas=", ".join(others)))
    _answer(found, rejects, as_json=asked.as_json, quiet=quiet or files.rejects_to is not None)
    if not quiet:
        _say_where({"The report": files.report_to, f"The log of {policies[0].name}": files.trail})
    _check_something_ran(found, quiet=quiet)


def _write(found: Replay, history: History, files: Files) -> list[Reject]:
    """Write the files that were asked for; return the rows that the importer and the engine did not take."""
    rejects = [*history.rejects, *rejects_of(history, found)]
    if files.report_to is not None:
        report.write(found, files.report_to)
    if files.rejects_to is not None:
        write_rejects(rejects, files.rejects_to)
    return rejects


def _say_where(written: Mapping[str, Path | None]) -> None:
    sys.stderr.writelines(f"{what} is in {path}\n" for what, path in written.items() if path is not None)


def _check_something_ran(found: Replay, *, quiet: bool) -> None:
    """End with exit code 3 where a policy took nothing: a script must not read that as no loss."""
    if not found.nothing_ran:
        return
    if not quiet:
        sys.stderr.write(f"Not one order ran under {', '.join(found.nothing_ran)}\n")
    raise typer.Exit(NOTHING_RAN)


def _read(asked: Asked, shown: Bars) -> History:
    """Read the history, and write its repairs and its rejects, these even where no order is left."""
    files, rejects_to = asked.files, asked.files.rejects_to
    try:
        history = importers.read(
            files.sources,
            seed=asked.seed,
            zone=asked.zone,
            progress=lambda share: shown.tell(_READING, share),
            refunds=files.refunds,
            asked=asked.exports,
            maps=files.maps,
        )
    except NoOrders as nothing:
        if rejects_to is not None:
            write_rejects(nothing.rejects, rejects_to)
        raise
    if rejects_to is not None:
        write_rejects(history.rejects, rejects_to)
    if files.repairs_to is not None:
        write_repairs(history.repairs, files.repairs_to)
    return history


def _scenario(history: History, wanted: Asked) -> Scenario:
    """Gather who vanishes: those of the source, those that are named in their place, and some by chance."""
    (named, count), seed = wanted.vanished, wanted.seed
    check_vanishings(history, named, zones.zone(wanted.zone or zones.UTC))
    replaced = {vanishing.merchant_id for vanishing in named}
    known = [v for v in history.vanishings if v.merchant_id not in replaced] + list(named)
    drawn = choose_vanishings(history, count, seed, beside={vanishing.merchant_id for vanishing in known})
    asked = [
        *(
            Assumption("--refunds", file, "此文件中的退款一并回放", "the refunds of this file are played too")
            for file in wanted.files.refunds
        ),
        *(
            Assumption(
                "--vanish",
                f"{vanishing.merchant_id}@{clock.iso(vanishing.at)}",
                "该商家从此刻起失联",
                "this merchant vanishes then",
            )
            for vanishing in named
        ),
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
    return Scenario(history, [*known, *drawn], wanted.assumptions, seed, asked, wanted.zone)


def _run(
    scenario: Scenario, policies: Sequence[Named], asked: Asked, log: Place | None, shown: Bars
) -> tuple[Replay, list[str]]:
    """Play, and return also the schemas of other replays that are still in the database."""
    home, place, drop_earlier = asked.where
    if home is HomeName.MEMORY:
        factory = homes.memory(asked.seed)
        played = factory if log is None else logged.in_memory(factory, log, shown.tell)
        return run(scenario, policies, home.value, played, shown.tell), []
    url = database.database_url(*place, say=shown.say)
    others = homes.earlier(url, {homes.schema_name(n, each.name) for n, each in enumerate(policies, start=1)})
    if drop_earlier:
        homes.drop(url, others)
        others = []
    with homes.postgres(url, asked.seed) as factory:
        played = factory if log is None else logged.in_postgres(factory, log, url)
        return run(scenario, policies, home.value, played, shown.tell), others


def _answer(found: Replay, rejects: Sequence[Reject], *, as_json: bool, quiet: bool) -> None:
    if as_json:
        sys.stdout.buffer.write(encode(found))
        sys.stdout.flush()
    else:
        figures.show(found, Console(highlight=False, soft_wrap=False))
    if not quiet:
        sys.stderr.writelines(f"{line}\n" for line in figures.rejects_told(rejects))
