"""Which measurements `holdfast bench api` has, and running those that are asked for."""

from collections.abc import Callable, Collection
from functools import partial
from typing import NamedTuple

from holdfast.bench.api import killed, lasting, rates
from holdfast.bench.core import Found, Report, UnknownFigure
from holdfast.bench.figure import API_TARGETS, Figure, judge
from holdfast.bench.schema import check_durable, turn

LASTING = ("errors", "memory_growth")

RATES = (
    "http_place_order_per_s",
    "http_place_order_p99_ms",
    "http_read_per_s",
    "http_batch_orders_per_s",
    "load_cpu_share",
    "idle_mb",
)


class Wanted(NamedTuple):
    """What is to be measured: which figures, how thoroughly, and how many minutes of load, if any."""

    names: tuple[str, ...]
    quick: bool
    minutes: float

    @property
    def lacks_minutes(self) -> bool:
        """Tell whether a figure is asked for that needs minutes of load, and there are to be none."""
        return not self.minutes and any(name in LASTING for name in self.names)


def wanted(only: Collection[str], *, quick: bool, minutes: float) -> Wanted:
    """Return what is to be measured: everything, unless some figures are named.

    Raises:
        UnknownFigure: a name is none of `figure.API_TARGETS`.
    """
    for name in only:
        if name not in API_TARGETS:
            raise UnknownFigure("--only", name=name, known=", ".join(API_TARGETS))
    return Wanted(tuple(name for name in API_TARGETS if not only or name in only), quick, minutes)


def measure(asked: Wanted, url: str, report: Report) -> list[Figure]:
    """Measure, and return the figures in their order.

    Args:
        asked: what to measure.
        url: the database's address.
        report: is told how far it is.

    Raises:
        NotDurable, BenchRunning: the database cannot be measured.
        ProcessFailed: the service or the echo did not run.
        LoadRefused: the service did not answer the load as it should.
        Refusal: see `postgres.connection.connect`.
    """
    runs: dict[tuple[str, ...], Callable[..., Found]] = {
        RATES: partial(rates.rates, quick=asked.quick),
        ("lost", "doubled"): partial(killed.killed, quick=asked.quick),
    }
    if asked.minutes:
        runs[LASTING] = partial(lasting.lasting, minutes=asked.minutes)
    found: Found = {}
    check_durable(url)
    with turn(url):
        for names, run in runs.items():
            if any(name in asked.names for name in names):
                found |= run(url, partial(report, names[0]))
                report(names[0], 1.0)
    return [judge(name, found.get(name)) for name in asked.names]
