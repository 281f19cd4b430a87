"""Run-aways told day by day: the same merchant on the same days, under each policy."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from holdfast.kernel.clock import DAY, day
from holdfast.kernel.text import Text, same
from holdfast.kernel.zones import day_number, local_day, zone
from holdfast.replay.report.series import thin
from holdfast.replay.report.texts import EVENTS, PAGE, TONES
from holdfast.replay.results import Replay, RunAway, StoryEvent
from holdfast.replay.wording import NONE, count, money, short_money

_DAYS_SHOWN = 45
_EVENTS_SHOWN = 1_500
_WITHOUT_COUNT = ("vanished", "declared")


class Line(NamedTuple):
    """What happened of one kind: its text, how often, how much, and how it is marked."""

    text: Text
    times: str
    amount: Text | None
    tone: str


class StoryDay(NamedTuple):
    """One day, or one period of a long story; `cells` are the lines under each policy."""

    date: str
    offset: Text
    turning: bool
    cells: list[list[Line]]


class Figure(NamedTuple):
    """A figure of the run-away under each policy; `losses` as in `comparison.Row`."""

    label: Text
    cells: list[Text]
    losses: tuple[bool, ...] = ()


class Story(NamedTuple):
    """One run-away under all policies."""

    merchant_id: str
    vanished_on: str
    owed: Text
    figures: list[Figure]
    days: list[StoryDay]


class Stories(NamedTuple):
    """The largest run-aways, largest first, and how many more there are."""

    told: list[Story]
    more: int


def stories(replay: Replay) -> Stories:
    """Tell the largest run-aways, as many as a page holds and always one where there is any."""
    by_merchant: dict[str, list[RunAway | None]] = {}
    for at, policy in enumerate(replay.policies):
        for run in policy.run_aways:
            by_merchant.setdefault(run.merchant_id, [None] * len(replay.policies))[at] = run
    ranked = sorted(by_merchant.items(), key=lambda item: (-_size(item[1]), item[0]))
    told: list[Story] = []
    shown = 0
    for merchant_id, runs in ranked:
        shown += sum(len(run.events) for run in runs if run)
        if told and shown > _EVENTS_SHOWN:
            break
        told.append(_story(merchant_id, runs, replay.currency, zone(replay.zone)))
    return Stories(told, len(ranked) - len(told))


def _size(runs: Iterable[RunAway | None]) -> int:
    return max(run.owed_minor + run.captures_stopped_minor for run in runs if run)


def _story(merchant_id: str, runs: list[RunAway | None], currency: str, place: dt.tzinfo) -> Story:
    vanished_at = min(run.vanished_at for run in runs if run)
    owed = max(run.owed_minor for run in runs if run)
    return Story(
        merchant_id,
        local_day(vanished_at, place),
        short_money(owed, currency),
        _figures(runs, currency, place),
        _days(runs, currency, place),
    )


def _figures(runs: list[RunAway | None], currency: str, place: dt.tzinfo) -> list[Figure]:
    def amounts(name: str) -> list[Text]:
        return [money(int(getattr(run, name)), currency) if run else same(NONE) for run in runs]

    def after(name: str) -> list[Text]:
        return [_after(run, getattr(run, name), place) if run else same(NONE) for run in runs]

    return [
        Figure(PAGE["hurt"], [same(count(run.consumers)) if run else same(NONE) for run in runs]),
        Figure(PAGE["orders"], [same(count(run.orders)) if run else same(NONE) for run in runs]),
        Figure(PAGE["captures_stopped"], amounts("captures_stopped_minor")),
        Figure(PAGE["owed"], amounts("owed_minor")),
        Figure(PAGE["compensated"], amounts("compensated_minor")),
        Figure(
            PAGE["uncovered"],
            amounts("uncovered_minor"),
            tuple(bool(run and run.uncovered_minor) for run in runs),
        ),
        Figure(PAGE["declared"], after("declared_at")),
        Figure(PAGE["finished"], after("finished_at")),
    ]


def _after(run: RunAway, at: int | None, place: dt.tzinfo) -> Text:
    if at is None:
        return same(NONE)
    return _offset(day_number(at, place) - day_number(run.vanished_at, place))


def _days(runs: list[RunAway | None], currency: str, place: dt.tzinfo) -> list[StoryDay]:
    vanished_on = day_number(min(run.vanished_at for run in runs if run), place)
    known = sorted({day_number(event.at, place) for run in runs if run for event in run.events})
    if not known:
        return []
    step = thin(known[-1] - known[0] + 1, _DAYS_SHOWN)
    origin = vanished_on - step * ((vanished_on - known[0]) // step + 1)
    cells = [_by_period(run.events if run else [], origin, step, place) for run in runs]
    return [
        StoryDay(
            day((origin + period * step) * DAY),
            _offset(origin + period * step - vanished_on),
            origin + period * step == vanished_on,
            [_lines(cell[period], currency) for cell in cells],
        )
        for period in sorted({period for cell in cells for period in cell})
    ]


def _by_period(
    events: list[StoryEvent], origin: int, step: int, place: dt.tzinfo
) -> dict[int, list[StoryEvent]]:
    found: dict[int, list[StoryEvent]] = defaultdict(list)
    for event in events:
        found[(day_number(event.at, place) - origin) // step].append(event)
    return found


def _lines(events: list[StoryEvent], currency: str) -> list[Line]:
    sums: dict[str, list[int]] = {}
    for event in events:
        total = sums.setdefault(event.kind, [0, 0])
        total[0] += event.count
        total[1] += event.amount_minor
    return [
        Line(
            EVENTS[kind],
            "" if kind in _WITHOUT_COUNT or not sums[kind][0] else count(sums[kind][0]),
            money(sums[kind][1], currency) if sums[kind][1] else None,
            TONES.get(kind, "plain"),
        )
        for kind in EVENTS
        if kind in sums
    ]


def _offset(after: int) -> Text:
    if not after:
        return PAGE["vanished_day"]
    span = count(abs(after))
    unit = "day" if span == "1" else "days"
    return (
        Text(f"失联前 {span} 天", f"{span} {unit} before")
        if after < 0
        else Text(f"失联后 {span} 天", f"{span} {unit} after")
    )
