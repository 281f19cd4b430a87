"""A figure beside its target, and beside a floor that was measured in the same run."""

from typing import NamedTuple

import msgspec


class Target(NamedTuple):
    """What a figure should reach: at least `value` of `unit`, or at most, where `less_is_better`."""

    unit: str
    value: float
    less_is_better: bool = False


class Measured(NamedTuple):
    """What was measured: the value, and the floor, which is what the machine takes for the least of it."""

    value: float
    floor: float


class Figure(msgspec.Struct, frozen=True):
    """A figure as it is reported; value, floor and ratio are None where it could not be measured.

    `ratio` is value / floor, also where less is better.
    """

    name: str
    value: float | None
    unit: str
    floor: float | None
    ratio: float | None
    target: float
    met: bool


TARGETS: dict[str, Target] = {
    "memory_facts_per_s": Target("facts/s", 30_000),
    "replay_olist_seconds": Target("s", 3, less_is_better=True),
    "replay_olist_peak_mb": Target("MB", 500, less_is_better=True),
    "pg_transfers_per_s_256": Target("transfers/s", 12_000),
    "pg_transfers_p99_ms_256": Target("ms", 40, less_is_better=True),
    "pg_place_order_per_s_256": Target("orders/s", 5_000),
    "pg_place_order_p99_ms_256": Target("ms", 100, less_is_better=True),
    "pg_place_order_p50_ms_1": Target("ms", 3, less_is_better=True),
    "pg_hot_merchant_per_s_256": Target("orders/s", 2_500),
    "pg_growth_ratio": Target("rate/rate", 0.9),
    "run_away_100k_s": Target("s", 60, less_is_better=True),
    "same_minute_200k_s": Target("s", 60, less_is_better=True),
    "same_minute_peak_mb": Target("MB", 300, less_is_better=True),
    "beside_p99_ms": Target("ms", 250, less_is_better=True),
    "page_p99_ms": Target("ms", 5, less_is_better=True),
    "page_slowest_ms": Target("ms", 5, less_is_better=True),
}
"""Every figure of `holdfast bench core`, in the order in which they are reported."""

LAB_TARGETS: dict[str, Target] = {
    "lab_facts_per_s": Target("facts/s", 20_000),
    "lab_two_processes": Target("rate/rate", 1.8),
    "lab_year_s": Target("s", 120, less_is_better=True),
    "lab_kept_growth": Target("rows/rows", 1.25, less_is_better=True),
}
"""Every figure of `holdfast bench lab`, in the order in which they are reported."""

TRAIL_TARGETS: dict[str, Target] = {
    "append_leaves_per_s": Target("leaves/s", 300_000),
    "feed_to_signed_per_s": Target("facts/s", 15_000),
    "behind_s": Target("s", 1, less_is_better=True),
    "receipt_ms": Target("ms", 2, less_is_better=True),
    "receipt_bytes": Target("bytes", 1_300, less_is_better=True),
    "verify_ms": Target("ms", 1, less_is_better=True),
    "engine_cost_share": Target("share", 0.1, less_is_better=True),
    "engine_cost_share_beside": Target("share", 0.1, less_is_better=True),
}
"""Every figure of `holdfast bench trail`, in the order in which they are reported."""

IMPORT_TARGETS: dict[str, Target] = {
    "csv_rows_per_s": Target("rows/s", 50_000),
    "xlsx_rows_per_s": Target("rows/s", 10_000),
    "widest_ratio": Target("s/s", 1.7, less_is_better=True),
    "peak_mb": Target("MB", 400, less_is_better=True),
}
"""Every figure of `holdfast bench import`, in the order in which they are reported."""

API_TARGETS: dict[str, Target] = {
    "http_place_order_per_s": Target("orders/s", 2_000),
    "http_place_order_p99_ms": Target("ms", 60, less_is_better=True),
    "http_read_per_s": Target("reads/s", 3_000),
    "http_batch_orders_per_s": Target("orders/s", 6_000),
    "load_cpu_share": Target("share of a core", 0.3, less_is_better=True),
    "idle_mb": Target("MB", 200, less_is_better=True),
    "lost": Target("orders", 0, less_is_better=True),
    "doubled": Target("orders", 0, less_is_better=True),
    "errors": Target("requests", 0, less_is_better=True),
    "memory_growth": Target("MB/MB", 1.1, less_is_better=True),
}
"""Every figure of `holdfast bench api`, in the order in which they are reported."""

ALL_TARGETS = {**TARGETS, **LAB_TARGETS, **TRAIL_TARGETS, **IMPORT_TARGETS, **API_TARGETS}

_DIGITS = 4


def judge(name: str, measured: Measured | None, *, unit: str | None = None) -> Figure:
    """Hold what was measured against its target; what was not measured is not met.

    Args:
        name: one of `ALL_TARGETS`.
        measured: None where it could not be measured.
        unit: says more than the target's unit, where less was measured than is asked.
    """
    target = ALL_TARGETS[name]
    unit = unit or target.unit
    if measured is None:
        return Figure(name, None, unit, None, None, target.value, met=False)
    value, floor = measured
    met = value <= target.value if target.less_is_better else value >= target.value
    return Figure(name, _rounded(value), unit, _rounded(floor), _rounded(value / floor), target.value, met)


def _rounded(value: float) -> float:
    """Return four digits of it: the rest is noise."""
    return float(f"{value:.{_DIGITS}g}")
