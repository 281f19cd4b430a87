"""Render the report and write it. Equal input gives equal bytes: nothing of the moment of writing goes in."""

import math
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from holdfast.lab.market_file import SourcedNumber
from holdfast.lab.report import tables
from holdfast.lab.report.answer import PER, answer, chosen, cost, number
from holdfast.lab.report.texts import PAGE, SIMULATED
from holdfast.lab.results import Comparison, PolicyFigures, Worst
from holdfast.replay.report import skeleton
from holdfast.replay.wording import NONE, Text, count, days, decimal, same

_ROOM = "holdfast.lab"


class Verdict(NamedTuple):
    """One policy in short: what is lost, and what is locked for it."""

    policy: str
    lost: str
    any_loss: bool
    figures: list[tuple[Text, Text]]


def write(
    comparison: Comparison, learned: Mapping[str, Worst], numbers: Sequence[SourcedNumber], path: Path
) -> None:
    """Write the report to `path`: complete, or not at all.

    Args:
        comparison: what was found.
        learned: what the learning adversary found against each policy, if one was learning.
        numbers: the market's, with their sources.
        path: where to.

    Raises:
        OSError: the folder is missing or may not be written.
    """
    skeleton.write(render(comparison, learned, numbers), path)


def render(comparison: Comparison, learned: Mapping[str, Worst], numbers: Sequence[SourcedNumber]) -> str:
    """Return the report as one HTML document that refers to nothing outside of itself.

    Raises:
        ValueError: there is no policy in it.
    """
    if not comparison.policies:
        raise ValueError("a comparison of no policies has no report")
    return (
        skeleton.environment(_ROOM)
        .get_template("lab.html.j2")
        .render(
            T=PAGE,
            text=Text,
            source=comparison.market,
            comparison=comparison,
            answer=answer(comparison),
            verdicts=_verdicts(comparison, learned),
            facts=_facts(comparison),
            policies=tables.policies(comparison),
            adversaries=tables.adversaries(comparison, learned),
            learned=tables.learned(comparison, learned),
            duels=tables.duels(comparison),
            points=_points(comparison),
            simulated=SIMULATED,
            numbers=numbers,
            command=_command(comparison, learned=bool(learned)),
            made_of=PAGE["made_of"].fill(facts=count(comparison.facts), seconds=decimal(comparison.seconds)),
            data=skeleton.inline_json(_data(comparison)),
            **skeleton.scripts(_ROOM, "lab.js"),
        )
    )


def _verdicts(comparison: Comparison, learned: Mapping[str, Worst]) -> list[Verdict]:
    """Judge the policy that the answer is about, and the one that costs most."""
    ours = chosen(comparison)
    worst = max(comparison.policies, key=lambda policy: (cost(policy), policy.policy))
    return [_verdict(policy, learned) for policy in ([ours] if worst is ours else [ours, worst])]


def _verdict(policy: PolicyFigures, learned: Mapping[str, Worst]) -> Verdict:
    found = learned.get(policy.policy)
    figures = [
        (PAGE["by_consumers"], same(number(policy.consumer_loss_share * PER))),
        (PAGE["by_fund"], same(number(policy.fund_draw_share * PER))),
        (PAGE["locked_median"], days(policy.locked_days_of_sales)),
    ]
    if found is not None:
        figures.append((PAGE["learned_cost"], days(found.cost_days)))
    return Verdict(policy.policy, number(cost(policy)), policy.consumer_loss_share > 0, figures)


def _facts(comparison: Comparison) -> list[tuple[Text, str]]:
    return [
        (PAGE["market"], comparison.market),
        (PAGE["runs"], count(comparison.runs)),
        (PAGE["days"], count(comparison.days)),
        (PAGE["merchants"], count(comparison.merchants)),
        (PAGE["orders"], count(comparison.orders)),
    ]


class Point(NamedTuple):
    """A policy on the frontier chart, as its table tells it."""

    policy: str
    locked: str
    locked_range: str
    lost: str
    lost_range: str


def _bounds(policy: PolicyFigures) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
    """Return the intervals of what is locked and of what is lost (the sum of both intervals), if any."""
    loss, draw = policy.interval.get("consumer_loss_share"), policy.interval.get("fund_draw_share")
    lost = None
    if loss is not None and draw is not None:
        lost = ((loss[0] + draw[0]) * PER, (loss[1] + draw[1]) * PER)
    return policy.interval.get("locked_days_of_sales"), lost


def _points(comparison: Comparison) -> list[Point]:
    points: list[Point] = []
    for policy in comparison.policies:
        locked, lost = (
            NONE if bounds is None else f"{number(bounds[0])} – {number(bounds[1])}"
            for bounds in _bounds(policy)
        )
        points.append(
            Point(policy.policy, number(policy.locked_days_of_sales), locked, number(cost(policy)), lost)
        )
    return points


def _data(comparison: Comparison) -> dict[str, Any]:
    """Return what the page's script draws from, as plain JSON data."""
    return {
        "policies": [policy.policy for policy in comparison.policies],
        "points": [
            {
                "locked": _rounded(policy.locked_days_of_sales),
                "lost": _rounded(cost(policy)),
                "lockedRange": _range(_bounds(policy)[0]),
                "lostRange": _range(_bounds(policy)[1]),
                "ours": policy.policy.startswith("covered"),
            }
            for policy in comparison.policies
        ],
        "text": {key: PAGE[key]._asdict() for key in ("frontier", "locked_axis", "loss_axis")},
    }


def _range(bounds: tuple[float, float] | None) -> list[float] | None:
    return None if bounds is None else [_rounded(bound) for bound in bounds]


def _rounded(value: float) -> float:
    return round(value, 4) if math.isfinite(value) else 0.0


def _command(comparison: Comparison, *, learned: bool) -> str:
    """Write the command that gives these figures again."""
    words = ["holdfast", "lab", "compare", "--market", comparison.market]
    words += ["--runs", str(comparison.runs), "--seed", str(comparison.seed)]
    for policy in comparison.policies:
        words += ["--policy", policy.policy]
    kinds = sorted({kind.adversary for policy in comparison.policies for kind in policy.adversaries})
    for name in [*kinds, *(["learning"] if learned else [])]:
        words += ["--adversary", name]
    return shlex.join(words)
