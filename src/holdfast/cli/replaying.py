"""The job of `holdfast replay`; it takes two seconds to import, for which no help waits."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from holdfast.cli import figures
from holdfast.cli.problems import answering
from holdfast.cli.progress import Bars, bars
from holdfast.cli.replay import HomeName
from holdfast.cli.writable import check_writable
from holdfast.importers import source as importers
from holdfast.importers.history import History, Vanishing
from holdfast.importers.refusals import NoOrders
from holdfast.importers.rejects import write_rejects
from holdfast.kernel import clock
from holdfast.postgres import server
from holdfast.publishing.place import Place
from holdfast.replay import homes, logged, report
from holdfast.replay.document import encode
from holdfast.replay.policies import Named, chosen
from holdfast.replay.results import Assumption, Replay
from holdfast.replay.runner import Scenario, run
from holdfast.replay.timeline import check_vanishings, choose_vanishings
from holdfast.replay.world import Assumptions

_LEFT = {
    HomeName.MEMORY: "No report was written; run it again.",
    HomeName.POSTGRES: "No report was written. Run the same replay again: it goes on where it was.",
}


_OTHERS = (
    "数据库中还有此前其他回放留下的模式：{schemas}；--drop-earlier 予以删除\n"
    "Earlier replays of other policies have left their schemas: {schemas}; --drop-earlier drops them\n"
)


class Files(NamedTuple):
    """Where to write what."""

    trail: Path | None
    report_to: Path | None
    rejects_to: Path | None


class Asked(NamedTuple):
    """What was asked for, as it was written; `place` says which database, by folder or by address."""

    source: str
    policies: Sequence[str]
    vanishings: Sequence[Vanishing]
    vanish_random: int
    seed: int
    home: HomeName
    place: tuple[Path | None, str | None]
    drop_earlier: bool
    files: Files
    assumptions: Assumptions
    as_json: bool
    quiet: bool


def play(asked: Asked) -> None:
    """Play the history under each policy, and write the answer, and the report where one is asked for."""
    quiet = asked.quiet
    with answering(as_json=asked.as_json, interrupted=_LEFT[asked.home]):
        for path in (asked.files.report_to, asked.files.rejects_to):
            check_writable(path)
        log = None if asked.files.trail is None else logged.prepare(asked.files.trail)
        policies = chosen(asked.policies, asked.assumptions.consumer_limit_minor)
        with bars(quiet=quiet) as shown:
            history = _read(asked.source, asked.seed, asked.files.rejects_to, shown)
            scenario = _scenario(history, asked)
            found, others = _run(scenario, policies, asked, log, shown)
            if asked.files.report_to is not None:
                report.write(found, asked.files.report_to)
    if others and not quiet:
        sys.stderr.write(_OTHERS.format(schemas=", ".join(others)))
    _answer(found, history, as_json=asked.as_json, quiet=quiet or asked.files.rejects_to is not None)
    if asked.files.report_to is not None and not quiet:
        sys.stderr.write(f"The report is in {asked.files.report_to}\n")
    if asked.files.trail is not None and not quiet:
        sys.stderr.write(f"The log of {policies[0].name} is in {asked.files.trail}\n")


def _read(source: str, seed: int, rejects_to: Path | None, shown: Bars) -> History:
    """Read the history, and write its rejects, also where nothing else is left of it."""
    try:
        history = importers.read(source, seed=seed, progress=lambda share: shown.tell("reading", share))
    except NoOrders as nothing:
        if rejects_to is not None:
            write_rejects(nothing.rejects, rejects_to)
        raise
    if rejects_to is not None:
        write_rejects(history.rejects, rejects_to)
    return history


def _scenario(history: History, wanted: Asked) -> Scenario:
    """Gather who vanishes: those of the source, those that are named in their place, and some by chance."""
    named, count, seed = wanted.vanishings, wanted.vanish_random, wanted.seed
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
    return Scenario(history, [*known, *drawn], wanted.assumptions, seed, asked)


def _run(
    scenario: Scenario, policies: Sequence[Named], asked: Asked, log: Place | None, shown: Bars
) -> tuple[Replay, list[str]]:
    """Play, and return also the schemas of other replays that are still in the database."""
    if asked.home is HomeName.MEMORY:
        factory = homes.memory(asked.seed)
        played = factory if log is None else logged.in_memory(factory, log, shown.tell)
        return run(scenario, policies, asked.home.value, played, shown.tell), []
    url = server.database_url(*asked.place, say=shown.say)
    others = homes.earlier(url, {homes.schema_name(n, each.name) for n, each in enumerate(policies, start=1)})
    if asked.drop_earlier:
        homes.drop(url, others)
        others = []
    with homes.postgres(url, asked.seed) as factory:
        played = factory if log is None else logged.in_postgres(factory, log, url)
        return run(scenario, policies, asked.home.value, played, shown.tell), others


def _answer(found: Replay, history: History, *, as_json: bool, quiet: bool) -> None:
    if as_json:
        sys.stdout.buffer.write(encode(found))
        sys.stdout.flush()
    else:
        figures.show(found, Console(highlight=False, soft_wrap=False))
    if not quiet:
        sys.stderr.writelines(f"{line}\n" for line in figures.rejects_told(history))
