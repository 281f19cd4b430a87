"""Shrinking a find: steps are cut out and numbers made plain as long as the same clause still breaks.

Steps are cut by delta debugging (Zeller and Hildebrandt 2002): ever smaller parts, until none can go.
"""

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from holdfast.lab.attack.clauses import Break, Clause
from holdfast.lab.attack.schedule import HONEST, RING, Do, Schedule, Setting, Step, numbers, renumbered
from holdfast.lab.attack.script import ORDER
from holdfast.lab.attack.stage import perform

MOST_TRIES = 600
"""The maximal number of trials of shrinking one schedule."""

Steps = tuple[Step, ...]


class _Judge:
    """Tells whether a schedule still breaks the clause, as often as there are tries."""

    def __init__(self, clause: Clause, tries: int, tell: Callable[[float], None]) -> None:
        self._clause = clause
        self._tries = self._all = tries
        self._tell = tell

    def __call__(self, schedule: Schedule) -> bool:
        if not self._tries:
            return False
        self._tries -= 1
        self._tell(1 - self._tries / self._all)
        return any(one.clause is self._clause for one in perform(schedule).breaks)


def shrunk(
    schedule: Schedule,
    clause: Clause,
    tries: int = MOST_TRIES,
    tell: Callable[[float], None] = lambda _share: None,
) -> Schedule:
    """Return a schedule, as short and plain as was found, that breaks the clause as `schedule` does.

    `tell` is told the share of the tries that were used: it may end long before they all are.
    """
    still_breaks = _Judge(clause, tries, tell)
    for plain in _plainer(schedule.setting):
        tried = replace(schedule, setting=replace(schedule.setting, **plain))
        if still_breaks(tried):
            schedule = tried
    before: Schedule | None = None
    while before != schedule:
        before = schedule
        schedule = _cut(schedule, still_breaks)
        schedule = _plain(schedule, still_breaks)
    return _renumbered(schedule, still_breaks)


def _plainer(setting: Setting) -> Iterator[dict[str, object]]:
    """Yield changes that take one varied setting each back to its plain value."""
    plain = Setting(setting.base)
    for name in ("advance", "unasked", "payout_hours", "capital_minor", "short_youth"):
        if getattr(setting, name) != getattr(plain, name):
            yield {name: getattr(plain, name)}


def _cut(schedule: Schedule, still_breaks: Callable[[Schedule], bool]) -> Schedule:
    size = max(1, len(schedule.steps) // 2)
    while size:
        at = 0
        while at < len(schedule.steps):
            fewer = replace(schedule, steps=schedule.steps[:at] + schedule.steps[at + size :])
            if still_breaks(fewer):
                schedule = fewer
            else:
                at += size
        size //= 2
    return schedule


def _plain(schedule: Schedule, still_breaks: Callable[[Schedule], bool]) -> Schedule:
    """Make numbers plain, and waits one wait."""
    for at in range(len(schedule.steps)):
        for step in _simpler(schedule.steps[at]):
            tried = replace(schedule, steps=(*schedule.steps[:at], step, *schedule.steps[at + 1 :]))
            if still_breaks(tried):
                schedule = tried
                break
    merged = replace(schedule, steps=_merged(schedule.steps))
    return merged if merged != schedule and still_breaks(merged) else schedule


def _simpler(step: Step) -> Iterator[Step]:
    if step.do is Do.WAIT:
        for hours in (24, 9 * 24, 16 * 24, step.hours // 2, -(-step.hours // 24) * 24):
            if 0 < hours < step.hours or (hours % 24 == 0 and step.hours % 24):
                yield replace(step, hours=hours)
    if step.minor and step.minor != ORDER:
        yield replace(step, minor=ORDER)
    if step.percent != 100:  # noqa: PLR2004 - the whole
        yield replace(step, percent=100)
    if step.who and step.who != HONEST[0]:
        yield replace(step, who=HONEST[0])
    if step.shop and step.shop != RING[0]:
        yield replace(step, shop=RING[0])


def _merged(steps: Steps) -> Steps:
    merged: list[Step] = []
    for step in steps:
        if merged and step.do is Do.WAIT and merged[-1].do is Do.WAIT:
            merged[-1] = replace(step, hours=merged[-1].hours + step.hours)
        else:
            merged.append(step)
    return tuple(merged)


def _renumbered(schedule: Schedule, still_breaks: Callable[[Schedule], bool]) -> Schedule:
    """Number the orders from 1 on."""
    fresh = {old: number for number, old in enumerate(dict.fromkeys(numbers(schedule.steps)), start=1)}
    steps = tuple(renumbered(step, lambda number: fresh.get(number, number)) for step in schedule.steps)
    tried = replace(schedule, steps=steps)
    return tried if tried != schedule and still_breaks(tried) else schedule


def broken_by(schedule: Schedule, clause: Clause) -> Break:
    """Return how a schedule breaks a clause that it breaks."""
    return next(one for one in perform(schedule).breaks if one.clause is clause)
