"""The charts' data, thinned for long histories, and the tables that stand beneath the charts."""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from holdfast.kernel.currencies import EXPONENTS, sign
from holdfast.kernel.text import LANGUAGES, Text, same
from holdfast.kernel.zones import local_day, zone
from holdfast.replay.report.texts import PAGE, SOURCE_LABELS
from holdfast.replay.results import Day, PolicyResult, Replay
from holdfast.replay.sentence import as_they_pay
from holdfast.replay.wording import days, money, ratio

_POINTS = 180
_TOP_AT_LEAST = 1.25
_TOP_AT_MOST = 2.0
_TOP_STEP = 0.25


class Series(NamedTuple):
    """Days in periods of `step`, and of each policy the worst day of each period.

    `coverage` is the lowest ratio (None: nothing was exposed), `locked` the greatest amount, in minor units.
    """

    step: int
    dates: list[str]
    coverage: list[list[float | None]]
    locked: list[list[int | None]]


class Table(NamedTuple):
    """A chart's data as a table: heads, then rows whose first cell names them."""

    heads: list[Text]
    rows: list[list[Text]]


def thin(length: int, points: int = _POINTS) -> int:
    """Return how many days make one point: 1, or whole weeks, so that at most `points` are drawn."""
    if length <= points:
        return 1
    weeks = 1
    while length > points * weeks * 7:
        weeks *= 2
    return weeks * 7


def series(replay: Replay) -> Series:
    """Gather the policies' days over one axis of dates."""
    by_date = [{one.date: one for one in policy.days} for policy in replay.policies]
    dates = sorted(set[str]().union(*by_date))
    step = thin(len(dates))
    periods = [dates[start : start + step] for start in range(0, len(dates), step)]

    def worst(of: Callable[[Day], Any], choose: Callable[[list[Any]], Any]) -> list[list[Any]]:
        lines: list[list[Any]] = []
        for known in by_date:
            found = [[of(known[date]) for date in period if date in known] for period in periods]
            lines.append([_chosen(values, choose) for values in found])
        return lines

    return Series(
        step, [period[0] for period in periods], worst(_ratio, min), worst(lambda one: one.locked_minor, max)
    )


def _chosen(values: list[Any], choose: Callable[[list[Any]], Any]) -> Any:
    known = [value for value in values if value is not None]
    return choose(known) if known else None


def _ratio(one: Day) -> float | None:
    return one.cover_minor / one.exposure_minor if one.exposure_minor > 0 else None


def top_of(coverage: Sequence[Sequence[float | None]]) -> float:
    """Return the highest ratio that the coverage chart shows: a few great ones shall not flatten the rest."""
    known = [value for line in coverage for value in line if value is not None]
    return math.ceil(min(_TOP_AT_MOST, max([_TOP_AT_LEAST, *known])) / _TOP_STEP) * _TOP_STEP


def lowest(line: Sequence[float | None]) -> float | None:
    """Return the lowest known ratio of a line."""
    return min((value for value in line if value is not None), default=None)


def coverage_table(replay: Replay, found: Series) -> Table:
    """Tabulate coverage by period and policy."""
    return _by_date(replay, found.dates, [[same(ratio(value)) for value in line] for line in found.coverage])


def locked_table(replay: Replay, found: Series) -> Table:
    """Tabulate the money locked by period and policy."""
    none = same(ratio(None))
    return _by_date(
        replay,
        found.dates,
        [
            [none if value is None else money(value, replay.currency) for value in line]
            for line in found.locked
        ],
    )


def _by_date(replay: Replay, dates: list[str], lines: list[list[Text]]) -> Table:
    heads = [PAGE["day"], *(same(policy.policy) for policy in replay.policies)]
    return Table(heads, [[same(date), *(line[at] for line in lines)] for at, date in enumerate(dates)])


def locked_days_table(replay: Replay) -> Table:
    """Tabulate the days of sales that each policy locks."""
    return Table(
        [PAGE["policy"], PAGE["locked_days"]],
        [[same(policy.policy), days(policy.locked_days_of_sales)] for policy in replay.policies],
    )


def sources_table(replay: Replay) -> Table:
    """Tabulate claims by the source that paid them; the unpaid sums are the last column."""
    return Table(
        [PAGE["policy"], *SOURCE_LABELS.values()],
        [
            [same(policy.policy), *(money(minor, replay.currency) for minor in _paid(policy))]
            for policy in replay.policies
        ],
    )


def _paid(policy: PolicyResult) -> list[int]:
    return [*(amount for _, amount in as_they_pay(policy.sources)), policy.uncovered_minor]


def chart_data(replay: Replay, found: Series) -> dict[str, Any]:
    """Return the data of the charts, as plain JSON for the page's script."""
    return {
        "policies": [policy.policy for policy in replay.policies],
        "money": {
            "digits": EXPONENTS[replay.currency],
            **{language: sign(replay.currency, language) for language in LANGUAGES},
        },
        "dates": found.dates,
        "coverage": [[_rounded(value) for value in line] for line in found.coverage],
        "top": top_of(found.coverage),
        "locked": found.locked,
        "lockedDays": [_rounded(policy.locked_days_of_sales) for policy in replay.policies],
        "sources": [
            {"key": key, **label._asdict(), "values": [_paid(policy)[at] for policy in replay.policies]}
            for at, (key, label) in enumerate(SOURCE_LABELS.items())
        ],
        "vanished": _vanished(replay, found),
        "text": {key: PAGE[key]._asdict() for key in ("coverage", "locked", "locked_days", "sources")},
    }


def _rounded(value: float | None) -> float | None:
    return round(value, 4) if value is not None and math.isfinite(value) else None


def _vanished(replay: Replay, found: Series) -> list[list[Any]]:
    """Return, for each period in which merchants vanished, its index and their ids."""
    place = zone(replay.zone)
    runs = {
        run.merchant_id: local_day(run.vanished_at, place)
        for policy in reversed(replay.policies)
        for run in policy.run_aways
    }
    by_period: dict[int, list[str]] = {}
    for merchant_id, date in sorted(runs.items()):
        at = max((index for index, start in enumerate(found.dates) if start <= date), default=None)
        if at is not None:
            by_period.setdefault(at, []).append(merchant_id)
    return [[at, by_period[at]] for at in sorted(by_period)]
