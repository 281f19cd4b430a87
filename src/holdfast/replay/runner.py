"""The whole job: one history through the engine under each policy, with a result for each."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.home import Home
from holdfast.importers.history import History, HistoryOrder, Vanishing
from holdfast.kernel import zones
from holdfast.kernel.clock import Instant
from holdfast.kernel.ids import Ids
from holdfast.kernel.zones import local_day
from holdfast.ledger.model import Account
from holdfast.replay.homes import HomeFactory, ids
from holdfast.replay.money_back import MoneyBack
from holdfast.replay.policies import Named
from holdfast.replay.refunds import moneys_back
from holdfast.replay.results import Assumption, PolicyResult, Replay
from holdfast.replay.resumption import play
from holdfast.replay.tally import Tally
from holdfast.replay.timeline import build
from holdfast.replay.wording import count, many
from holdfast.replay.world import Assumptions, World, vanishing_times

Progress = Callable[[str, float], None]
"""Is told, for a policy by its name, the share of the history's time that has passed, from 0 to 1."""

_TOLD_EVERY = 512


class Scenario(NamedTuple):
    """The scenario of all policies: the history, the vanishing merchants, the assumptions, and the seed.

    `asked` is what else was asked for, to be printed with the assumptions. `zone` is that of the days in
    figures; without one, that of the first policy.
    """

    history: History
    vanishings: Sequence[Vanishing]
    assumptions: Assumptions
    seed: int
    asked: Sequence[Assumption] = ()
    zone: str | None = None


def run(
    scenario: Scenario, policies: Sequence[Named], home_name: str, homes: HomeFactory, tell: Progress
) -> Replay:
    """Replay a history under each policy in turn, each in a home of its own.

    Args:
        scenario: what is replayed.
        policies: in the order of the results; `today` is the last.
        home_name: `memory` or `postgres`, for the report.
        homes: opens the home of one policy.
        tell: is told how far it is.

    Returns:
        Everything that was found. `orders` counts the history's, taken or refused.
    """
    started = time.perf_counter()
    vanished = vanishing_times(list(scenario.vanishings))
    zone = scenario.zone or policies[0].policy.local_zone
    place = zones.zone(zone)
    back = moneys_back(scenario.history, vanished, scenario.assumptions)
    results: list[PolicyResult] = []
    for number, named in enumerate(policies, start=1):
        timeline = build(scenario.history, named.policy, vanished, scenario.assumptions)
        with homes(number, named.name, _digest(named, timeline, back)) as home:
            tally, world = Tally(vanished, place), World(scenario.assumptions, vanished, back)
            results.append(_run_policy(tally, world, named, timeline, home, ids(scenario.seed), tell))
    history = scenario.history
    return Replay(
        source=history.source,
        seed=scenario.seed,
        currency=history.currency,
        home=home_name,
        orders=len(history.orders),
        merchants=len({order.merchant_id for order in history.orders}),
        consumers=len({order.consumer_id for order in history.orders}),
        first_day=local_day(history.orders[0].placed_at, place),
        last_day=local_day(max(_ends(order) for order in history.orders), place),
        rejected_rows=len(history.rejects),
        facts=sum(result.facts for result in results),
        seconds=time.perf_counter() - started,
        assumptions=[*scenario.assumptions.listed(), *scenario.asked, *_of_zones(scenario, zone)],
        policies=results,
        repairs={kind.value: number for kind, number in history.repair_counts().items()},
        zone=zone,
        read_zone=history.zone,
        times_assumed=history.assumed,
        dates_assumed=history.dates,
        unpaid=history.unpaid,
        left_out={kind.value: number for kind, number in history.left_out.items() if number},
    )


def _ends(order: HistoryOrder) -> Instant:
    """Return when the last thing happened of an order, but for its review."""
    refunded_at = order.refunds[-1].at if order.refunds else 0
    return max(order.placed_at, order.delivered_at or 0, order.cancelled_at or 0, refunded_at)


def _of_zones(scenario: Scenario, zone: str) -> list[Assumption]:
    """Return what was assumed of times without an offset, and whose days the figures are of."""
    history = scenario.history
    days = ("日期按此时区划分", "days are those of this zone")
    if scenario.zone is None:
        days = (f"{days[0]}（第一项规则的时区）", f"{days[1]}, the first policy's")
    found = [Assumption("--zone" if scenario.zone else "zone", zone, *days)]
    if history.assumed:
        more = ("", "") if scenario.zone else ("；可用 --zone 指定", "; --zone names another")
        times = many(
            history.assumed,
            "time of the history had no offset and was",
            "times of the history had no offset and were",
        )
        found.append(
            Assumption(
                "times",
                history.zone,
                f"历史文件中有 {count(history.assumed)} 个时间未写明时差，按此时区读取{more[0]}",
                f"{times} read in this zone{more[1]}",
            )
        )
    if history.dates:
        found.append(
            Assumption(
                "dates",
                str(history.dates),
                "只有日期的时间：发货承诺按当日结束计，其余按当日已发生的前一事件或零时计",
                "dates alone: a promise lasts until the end of its day, an event follows what came before it "
                "on its day, or is at midnight",
            )
        )
    return found


def _digest(named: Named, timeline: Sequence[Submission], back: Mapping[str, MoneyBack]) -> str:
    """Return the digest of a run, which is the same where policy, commands and refunds are the same."""
    digest = hashlib.sha256(named.policy.version.encode())
    for submission in timeline:
        digest.update(msgspec.json.encode((submission.at, submission.command)))
    if back:
        digest.update(msgspec.json.encode(back))  # the world refunds by it
    return digest.hexdigest()


def _run_policy(
    tally: Tally,
    world: World,
    named: Named,
    timeline: Sequence[Submission],
    home: Home,
    new_ids: Ids,
    tell: Progress,
) -> PolicyResult:
    started = time.perf_counter()
    listen = _listening(tally, named.name, timeline[0].at, timeline[-1].at, tell)
    play(home, named.policy, timeline, world.react, listen, new_ids)
    ledger_sum = sum(account.posted_minor for account in home.rows(Account))
    tell(named.name, 1.0)
    return tally.result(named.name, ledger_sum_minor=ledger_sum, seconds=time.perf_counter() - started)


def _listening(
    tally: Tally, name: str, first: Instant, last: Instant, tell: Progress
) -> Callable[[Submission | None, Instant, Outcome], None]:
    """Return the listener to all outcomes: it feeds the tally, and now and then reports the progress."""
    heard = 0
    span = max(1, last - first)
    note = tally.listen

    def listen(submission: Submission | None, at: Instant, outcome: Outcome) -> None:
        nonlocal heard
        heard += 1
        if not heard % _TOLD_EVERY:
            tell(name, min(1.0, max(0, at - first) / span))
        note(submission, at, outcome)

    return listen
