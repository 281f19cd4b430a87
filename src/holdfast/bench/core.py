"""Which measurements `holdfast bench core` has, and running those that are asked for."""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from holdfast.bench import deadlines, growth, memory, olist, pages, postgres_load
from holdfast.bench.figure import TARGETS, Figure, Measured, judge
from holdfast.bench.schema import check_durable, turn
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

Report = Callable[[str, float], None]
"""Is told, for a measurement by its name, the share that is done, from 0 to 1."""

Found = dict[str, Measured]

DEADLINES = ("run_away_100k_s", "same_minute_200k_s", "same_minute_peak_mb", "beside_p99_ms")

PAGES = ("page_p99_ms", "page_slowest_ms")

OLIST = ("replay_olist_seconds", "replay_olist_peak_mb")

POSTGRES: dict[tuple[str, ...], Callable[..., Found]] = {
    ("pg_transfers_per_s_256", "pg_transfers_p99_ms_256"): postgres_load.transfers,
    ("pg_place_order_per_s_256", "pg_place_order_p99_ms_256"): postgres_load.orders,
    ("pg_place_order_p50_ms_1",): postgres_load.alone,
    ("pg_hot_merchant_per_s_256",): postgres_load.hot_merchant,
    ("pg_growth_ratio",): growth.growth,
    DEADLINES: deadlines.deadlines,
    PAGES: pages.pages,
}
"""The measurements over PostgreSQL, by the figures that each gives."""


class UnknownFigure(Refusal):
    """A figure was asked for that there is not."""

    code = "unknown_figure"
    sort = Sort.NOT_FOUND
    what = Text("没有指标 {name!r}", "there is no figure {name!r}")
    fix = Text("请选其一：{known}", "Ask for one of {known}")


class Wanted(NamedTuple):
    """What is to be measured: which figures, how thoroughly, and the folder of Olist's data, if any."""

    names: tuple[str, ...]
    quick: bool
    olist: Path | None

    @property
    def needs_postgres(self) -> bool:
        """Tell whether a database is needed."""
        return any(name in names for names in POSTGRES for name in self.names)

    @property
    def lacks_olist(self) -> bool:
        """Tell whether a figure is asked for that cannot be measured without Olist's data."""
        return self.olist is None and any(name in OLIST for name in self.names)


def wanted(only: Collection[str], *, quick: bool, olist: Path | None) -> Wanted:
    """Return what is to be measured: everything, unless some figures are named.

    Raises:
        UnknownFigure: a name is none of `figure.TARGETS`.
    """
    for name in only:
        if name not in TARGETS:
            raise UnknownFigure("--only", name=name, known=", ".join(TARGETS))
    return Wanted(tuple(name for name in TARGETS if not only or name in only), quick, olist)


def measure(asked: Wanted, url: str | None, report: Report) -> list[Figure]:
    """Measure, and return the figures in their order.

    Args:
        asked: what to measure.
        url: the database's address; None where no figure needs it.
        report: is told how far it is.

    Raises:
        NotDurable, BenchRunning: the database cannot be measured.
        ReplayFailed: Olist's data could not be replayed.
        Refusal: see `postgres.connection.connect`.
    """
    found: Found = {}
    for name, run in _alone(asked):
        report(name, 0.0)
        found |= run(partial(report, name))
        report(name, 1.0)
    if asked.needs_postgres:
        assert url is not None, "a figure over PostgreSQL needs its address"
        found |= _over_postgres(asked, url, report)
    units: dict[str, str | None] = {name: deadlines.unit(name, quick=asked.quick) for name in DEADLINES}
    units |= dict.fromkeys(PAGES, pages.unit(quick=asked.quick))
    units["pg_growth_ratio"] = growth.unit(quick=asked.quick)
    return [judge(name, found.get(name), unit=units.get(name)) for name in asked.names]


def _alone(asked: Wanted) -> Iterator[tuple[str, Callable[[Callable[[float], None]], Found]]]:
    """Yield the measurements without a database; the one in a process of its own comes first."""
    folder = asked.olist
    if folder is not None and any(name in OLIST for name in asked.names):
        yield OLIST[0], lambda _tell: olist.replay(folder)
    if "memory_facts_per_s" in asked.names:
        yield "memory_facts_per_s", memory.facts_per_s


def _over_postgres(asked: Wanted, url: str, report: Report) -> Found:
    found: Found = {}
    check_durable(url)
    with turn(url):
        for names, run in POSTGRES.items():
            if any(name in asked.names for name in names):
                found |= run(url, partial(report, names[0]), quick=asked.quick)
                report(names[0], 1.0)
    return found
