"""Which measurements `holdfast bench trail` has, and running those that are asked for."""

from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import NamedTuple

from holdfast.bench.core import Found, Report, UnknownFigure
from holdfast.bench.figure import TRAIL_TARGETS, Figure, judge
from holdfast.bench.schema import check_durable, turn
from holdfast.bench.trail import behind, cost, feed, memory, receipts

_ALONE: dict[tuple[str, ...], Callable[..., Found]] = {
    ("append_leaves_per_s",): memory.append,
    ("receipt_ms", "receipt_bytes", "verify_ms"): receipts.receipts,
}
"""The measurements without a database, by the figures that each gives."""

_POSTGRES: dict[tuple[str, ...], Callable[..., Found]] = {
    ("feed_to_signed_per_s",): feed.signed,
    ("behind_s",): behind.behind,
    ("engine_cost_share",): cost.feed,
    ("engine_cost_share_beside",): cost.sequencing,
}
"""Those over PostgreSQL."""


class Wanted(NamedTuple):
    """What is to be measured: which figures, how thoroughly, and where the log's files are written."""

    names: tuple[str, ...]
    quick: bool
    folder: Path

    @property
    def needs_postgres(self) -> bool:
        """Tell whether a database is needed."""
        return any(name in names for names in _POSTGRES for name in self.names)


def wanted(only: Collection[str], *, quick: bool, folder: Path) -> Wanted:
    """Return what is to be measured: everything, unless some figures are named.

    Raises:
        UnknownFigure: a name is none of `figure.TRAIL_TARGETS`.
    """
    for name in only:
        if name not in TRAIL_TARGETS:
            raise UnknownFigure("--only", name=name, known=", ".join(TRAIL_TARGETS))
    return Wanted(tuple(name for name in TRAIL_TARGETS if not only or name in only), quick, folder)


def measure(asked: Wanted, url: str | None, report: Report) -> list[Figure]:
    """Measure, and return the figures in their order.

    Args:
        asked: what to measure.
        url: the database's address; None where no figure needs it.
        report: is told how far it is.

    Raises:
        NotDurable, BenchRunning: the database cannot be measured.
        ProcessFailed: a process that was to run beside did not.
        Refusal: see `postgres.connection.connect`.
        OSError: the log's files cannot be written.
    """
    found: Found = {}
    for names, run in _ALONE.items():
        if any(name in asked.names for name in names):
            found |= run(asked.folder, partial(report, names[0]), quick=asked.quick)
            report(names[0], 1.0)
    if asked.needs_postgres:
        assert url is not None, "a figure over PostgreSQL needs its address"
        check_durable(url)
        with turn(url):
            for names, run in _POSTGRES.items():
                if any(name in asked.names for name in names):
                    found |= run(url, asked.folder, partial(report, names[0]), quick=asked.quick)
                    report(names[0], 1.0)
    units = receipts.units(quick=asked.quick)
    return [judge(name, found.get(name), unit=units.get(name)) for name in asked.names]
