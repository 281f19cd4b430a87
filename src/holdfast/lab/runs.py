"""The runs behind the lab's commands: policies and adversaries are chosen, jobs performed, results summed."""

import difflib
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text, same
from holdfast.lab.comparison import summed_up
from holdfast.lab.duels import duel
from holdfast.lab.effort import Effort
from holdfast.lab.fund import FundSize, size_fund
from holdfast.lab.jobs import Job, Kept, digest_of, perform_all
from holdfast.lab.jobs import Tell as TellShare
from holdfast.lab.learning import Judge, Learn, Target
from holdfast.lab.market import Market
from holdfast.lab.results import Comparison, Duel, PolicyFigures, RunFigures, Strategy, Worst
from holdfast.lab.sellers import population
from holdfast.lab.simulation import afterwards_days, simulate
from holdfast.policy.model import Policy
from holdfast.policy.release import Covered
from holdfast.policy_files import reading

R = TypeVar("R")

LEARNING = "learning"
"""The name of the adversary that is not in the market: it is searched for."""

DEFAULT = (
    "today",
    "fixed_deposit(100000)",
    "delivery_plus(7)",
    "rolling_reserve(15%, 30 d)",
    "full",
    "covered(0.95)",
    "covered(0.99)",
)
"""The default policies of `holdfast lab compare`. The deposit is ¥1,000, as those of small shops are."""

Tell = Callable[[str, float], None]
"""Is told, for a part of the work by its name, the share that is done."""


class PolicyTwice(Refusal):
    """The same policy was named twice."""

    code = "lab_policy_twice"
    sort = Sort.MALFORMED
    what = Text("{name} 写了两次", "{name} is named twice")
    fix = Text("每份规则只写一次", "Name each policy once")


class UnknownAdversary(Refusal):
    """No adversary of that name is in the market."""

    code = "unknown_adversary"
    sort = Sort.NOT_FOUND
    what = Text("市场中没有对手 {name!r}{near}", "the market has no adversary {name!r}{near}")
    fix = Text("请选其一：{known}", "Name one of {known}")


class TooFewRuns(Refusal):
    """One run says nothing of how others differ."""

    code = "too_few_runs"
    sort = Sort.MALFORMED
    what = Text("{runs} 次运行太少，得不出区间", "{runs} runs are too few for an interval")
    fix = Text("请至少运行两次：--runs 20", "Ask for at least two runs: --runs 20")


class Named(NamedTuple):
    """A policy and the name under which its results stand."""

    name: str
    policy: Policy


class Simulate(msgspec.Struct, frozen=True, tag=True):
    """One run under one policy, as a job; with `only`, no other adversaries are in the market."""

    market: Market
    policy: Policy
    policy_name: str
    seed: int
    number: int
    only: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        """See `jobs.Job`."""
        return f"{self.policy_name}, run {self.number + 1}"

    @property
    def digest(self) -> str:
        """See `jobs.Job`."""
        return digest_of(
            "simulate",
            self.market.digest,
            self.policy.version,
            self.policy_name,
            self.seed,
            self.number,
            self.only,
        )

    def perform(self, tell: TellShare) -> RunFigures:
        """See `jobs.Job`."""
        only = None if self.only is None else frozenset(self.only)
        sellers = population(self.market, self.policy, self.seed, self.number, only)
        names = (self.seed, self.number)
        return simulate(self.market, self.policy, self.policy_name, sellers, names, tell)


class Work(NamedTuple):
    """A comparison's work: a market, policies, adversaries (None: all, but the learning one), runs, a seed.

    `market_name` is how the user named the market. `learns` says how hard the worst is searched for, if at
    all. `processes` work at once; `kept` keeps finished jobs until the answer is delivered.
    """

    market: Market
    market_name: str
    policies: Sequence[Named]
    adversaries: tuple[str, ...] | None
    learns: Effort | None
    runs: int
    seed: int
    processes: int
    kept: Kept


def policies(specs: Sequence[str]) -> list[Named]:
    """Return the policies that a user names.

    Raises:
        PolicyTwice: one is named twice.
        BadPolicy, BadRelease: see `policy_files.reading.named`.
    """
    found: dict[str, Named] = {}
    for spec in (spec.strip() for spec in specs):
        policy = reading.named(spec)
        name = Path(spec).name if spec.endswith(".toml") else spec if spec in _FILES else str(policy.release)
        if name in found:
            raise PolicyTwice("--policy", name=name)
        found[name] = Named(name, policy)
    return list(found.values())


_FILES = ("today", "standard")


def adversaries(market: Market, names: Sequence[str]) -> tuple[tuple[str, ...] | None, bool]:
    """Return which adversaries of the market a user names, None for all of them; and if one is to learn.

    Raises:
        UnknownAdversary: there is none of that name.
    """
    known = [adversary.name for adversary in market.adversaries]
    for name in names:
        if name not in {*known, LEARNING}:
            close = difflib.get_close_matches(name, [*known, LEARNING], n=1)
            near = (
                Text("；是否指 {name!r}？", "; did you mean {name!r}?").fill(name=close[0])
                if close
                else same("")
            )
            raise UnknownAdversary("--adversary", name=name, near=near, known=", ".join([*known, LEARNING]))
    chosen = tuple(dict.fromkeys(name for name in names if name != LEARNING))
    return (chosen if names else None), LEARNING in names


RUNS, SEARCHING, JUDGING = "模拟 runs", "学习 learning", "复核 judging"
"""The parts of a comparison, as progress names them."""

_LIFE_DAYS = 1_200
"""The cost of one life of the learning adversary, in days of one merchant of the market, as measured."""


def costs(work: Work) -> dict[str, float]:
    """Return the cost of each part of a comparison, in days of one merchant."""
    market, policies = work.market, len(work.policies)
    days = market.period.days + market.period.warm_up_days
    found: dict[str, float] = {RUNS: policies * work.runs * market.merchants.count * days}
    if work.learns is not None:
        found[SEARCHING] = policies * work.learns.lives * _LIFE_DAYS
        found[JUDGING] = policies**2 * work.learns.judged * _LIFE_DAYS
    return found


def simulated(work: Work, tell: Tell) -> dict[str, list[RunFigures]]:
    """Return the runs of every policy, in the order of the policies and of the runs."""
    simulations = [
        Simulate(work.market, named.policy, named.name, work.seed, number, work.adversaries)
        for number in range(work.runs)
        for named in work.policies
    ]
    found = perform_all(simulations, RunFigures, work.processes, work.kept, lambda share: tell(RUNS, share))
    by_policy: dict[str, list[RunFigures]] = {named.name: [] for named in work.policies}
    for run in found:
        by_policy[run.policy].append(run)
    return by_policy


def _learned(work: Work, runs: Mapping[str, list[RunFigures]], tell: Tell) -> dict[str, Worst]:
    """Search for the worst against each policy, among peers as the runs under it left them.

    Strategies found against one are tried on all: a search that stops early against one policy shall not make
    it look better than another.
    """
    if work.learns is None:
        return {}
    targets = [
        Target(work.market, named.policy, named.name, work.seed, _peers(runs[named.name]), work.learns)
        for named in work.policies
    ]

    def performed(searches: Sequence[Job[R]], kind: type[R], name: str) -> list[R]:
        return perform_all(searches, kind, work.processes, work.kept, lambda share: tell(name, share))

    strategies = performed([Learn(target) for target in targets], Strategy, SEARCHING)
    worst = performed([Judge(target, tuple(strategies)) for target in targets], Worst, JUDGING)
    return {target.name: found for target, found in zip(targets, worst, strict=True)}


def _peers(runs: Sequence[RunFigures]) -> tuple[int, int]:
    """Return the run-aways and windows of a category, as on average over categories and runs."""
    each = [peers for run in runs for peers in run.peers.values()]
    count = max(1, len(each))
    windows = sum(windows for _, windows in each) // count
    return min(windows, round(sum(ran for ran, _ in each) / count)), windows


class Found(NamedTuple):
    """A comparison, with the strategies learned against each policy."""

    comparison: Comparison
    learned: dict[str, Worst]


def compare(work: Work, tell: Tell) -> Found:
    """Run everything, and set the policies side by side.

    Raises:
        JobLost: a process ended in the midst of its job.
    """
    started = time.perf_counter()
    runs = simulated(work, tell)
    learned = _learned(work, runs, tell)
    figures = [
        summed_up(named.name, runs[named.name], work.market, learned.get(named.name))
        for named in work.policies
    ]
    market = work.market
    found = Comparison(
        market=work.market_name,
        market_digest=market.digest,
        currency=market.currency,
        seed=work.seed,
        runs=work.runs,
        days=market.period.days,
        warm_up_days=market.period.warm_up_days,
        merchants=market.merchants.count,
        orders=max(
            sum(seller.whole.orders for run in each for seller in run.sellers) for each in runs.values()
        ),
        facts=sum(policy.facts for policy in figures),
        seconds=time.perf_counter() - started,
        policies=tuple(figures),
        duels=tuple(_duels(work, figures, runs, learned)),
    )
    return Found(found, learned)


def _duels(
    work: Work,
    figures: Sequence[PolicyFigures],
    runs: Mapping[str, list[RunFigures]],
    learned: Mapping[str, Worst],
) -> list[Duel]:
    """Set every covered policy against every other that is not one."""
    covered = {named.name for named in work.policies if isinstance(named.policy.release, Covered)}
    return [
        duel((ours, runs[ours.policy]), (other, runs[other.policy]), learned)
        for ours in figures
        if ours.policy in covered
        for other in figures
        if other.policy not in covered
    ]


def fund_sizes(work: Work, solvency: float, tell: Tell) -> list[FundSize]:
    """Return how large the fund must be under each policy.

    Raises:
        TooFewRuns: fewer than two.
        JobLost: a process ended in the midst of its job.
    """
    if work.runs < 2:  # noqa: PLR2004 - an interval needs two
        raise TooFewRuns("--runs", runs=work.runs)
    runs = simulated(work, tell)
    days = work.market.period.days + afterwards_days(work.market)
    return [size_fund(named.name, runs[named.name], days, solvency) for named in work.policies]
