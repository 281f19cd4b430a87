"""Render the report and write it. Equal input gives equal bytes: nothing of the moment of writing goes in."""

import math
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from holdfast.kernel.text import Text, same
from holdfast.lab.market_file import SourcedNumber
from holdfast.lab.report import tables
from holdfast.lab.report.answer import PER, answer, chosen, cost, lost, number
from holdfast.lab.report.texts import PAGE, SIMULATED
from holdfast.lab.results import Comparison, PolicyFigures, SpanFigures, Worst
from holdfast.replay.report import skeleton
from holdfast.replay.wording import NONE, count, days, decimal

_ROOM = "holdfast.lab"


class Verdict(NamedTuple):
    """One policy in short: its losses, and the money locked for it."""

    policy: str
    lost: str
    any_loss: bool
    figures: list[tuple[Text, Text]]


def write(
    comparison: Comparison, learned: Mapping[str, Worst], numbers: Sequence[SourcedNumber], path: Path
) -> None:
    """Write the report to `path`: complete, or not at all.

    Args:
        comparison: the results.
        learned: the strategy that the learning adversary found against each policy, if one was learning.
        numbers: the market's, with their sources.
        path: the file to write.

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
            spans=_spans(comparison),
            adversaries=tables.adversaries(comparison, learned),
            gains=tables.gains(comparison, learned),
            learned=tables.learned(comparison, learned),
            duels=tables.duels(comparison),
            points={name: _points(comparison, name) for name in SPANS},
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
        (PAGE["by_consumers"], _both(policy, "loss_gross_share", PER)),
        (PAGE["by_fund"], _both(policy, "draw_gross_share", PER)),
        (PAGE["locked_mean"], _both(policy, "locked_mean_by_sales")),
        (PAGE["locked_newest"], _both(policy, "locked_newest_by_sales")),
    ]
    if found is not None:
        figures.append((PAGE["learned_cost"], days(found.cost_days)))
    any_loss = policy.first_year["loss_gross_share"] > 0 or policy.settled["loss_gross_share"] > 0
    return Verdict(policy.policy, number(cost(policy)), any_loss, figures)


def _both(policy: PolicyFigures, name: str, factor: float = 1.0) -> Text:
    spans = (policy.first_year, policy.settled)
    return same(" → ".join(number(span[name] * factor) for span in spans))


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


def _bounds(span: SpanFigures) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
    """Return the intervals of locked money and of losses (the sum of both intervals), if any."""
    intervals = {name: figure.interval for name, figure in span.figures.items()}
    loss, draw = intervals.get("loss_gross_share"), intervals.get("draw_gross_share")
    both = None
    if loss is not None and draw is not None:
        both = ((loss[0] + draw[0]) * PER, (loss[1] + draw[1]) * PER)
    return intervals.get("locked_mean_by_sales"), both


SPANS = ("first_year", "settled")


def _spans(comparison: Comparison) -> list[tuple[str, Text, Text]]:
    """Return the spans by name, with their titles and from which day to which they last."""
    first = comparison.policies[0]
    found: list[tuple[str, Text, Text]] = []
    for name in SPANS:
        span: SpanFigures = getattr(first, name)
        lasts = PAGE["span_days"].fill(first=str(span.from_day), last=str(span.to_day))
        found.append((name, PAGE[name], lasts))
    return found


def _points(comparison: Comparison, name: str) -> list[Point]:
    points: list[Point] = []
    for policy in comparison.policies:
        span: SpanFigures = getattr(policy, name)
        locked, bounds = (
            NONE if bounds is None else f"{number(bounds[0])} – {number(bounds[1])}"
            for bounds in _bounds(span)
        )
        shown = number(span["locked_mean_by_sales"])
        points.append(Point(policy.policy, shown, locked, number(lost(span)), bounds))
    return points


def _data(comparison: Comparison) -> dict[str, Any]:
    """Return the data of the charts, as plain JSON for the page's script."""
    return {
        "policies": [policy.policy for policy in comparison.policies],
        "points": {
            name: [_point(policy, getattr(policy, name)) for policy in comparison.policies] for name in SPANS
        },
        "text": {key: PAGE[key]._asdict() for key in ("frontier", "locked_axis", "loss_axis")},
    }


def _point(policy: PolicyFigures, span: SpanFigures) -> dict[str, Any]:
    locked, bounds = _bounds(span)
    return {
        "locked": _rounded(span["locked_mean_by_sales"]),
        "lost": _rounded(lost(span)),
        "lockedRange": _range(locked),
        "lostRange": _range(bounds),
        "ours": policy.policy.startswith("covered"),
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
