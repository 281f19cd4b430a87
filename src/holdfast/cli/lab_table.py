"""The comparison in Markdown, as the README has it: the same figures give the same text."""

from collections.abc import Iterable, Sequence

from holdfast.cli.lab_columns import GUARANTEES, LOCKED, LOSSES, SPANS, Column, decimals, gain, ratio
from holdfast.lab.results import Comparison, KindFigures, PolicyFigures, SpanFigures, Worst

_CHOSEN = (
    ("loss_gross_share", "loss_net_share", "consumers not paid (of it never)"),
    ("draw_gross_share", "draw_net_share", "fund pays (of it never got back)"),
    ("locked_mean_by_sales", None, "locked: all"),
    ("locked_median_by_merchant", None, "median merchant"),
    ("locked_newest_by_sales", None, "newest tenth"),
    ("locked_heaviest_by_sales", None, "heaviest tenth"),
)
"""The columns in the README, each with its interval; a second figure follows in brackets, with its own."""

HEADINGS = ("policy", "span", *(heading for *_, heading in _CHOSEN))
RING_HEADINGS = (
    "policy",
    "best paid adversary",
    "gains for each 1 it pays in",
    "its best ring",
    "costliest adversary, days of its sales",
    "costliest strategy learned",
)

_COLUMNS = {column.name: column for column in (*LOSSES, *LOCKED, *GUARANTEES)}


def markdown(comparison: Comparison, learned: dict[str, Worst]) -> str:
    """Return the tables: policies in both spans, what adversaries gain, guarantees where there are any."""
    policies = comparison.policies
    parts = [
        _note(comparison),
        _table(HEADINGS, 2, _rows(policies)),
        _table(RING_HEADINGS, 2, _rings(policies, learned)),
    ]
    if any(column.name in policy.settled.figures for policy in policies for column in GUARANTEES):
        headings = ("newest tenth", "span", *(column.heading.en.replace("\n", " ") for column in GUARANTEES))
        rows = ([policy.policy, *row] for policy in policies for row in _spans(policy, GUARANTEES))
        parts.append(_table(headings, 2, rows))
    return "\n".join(parts)


def _note(comparison: Comparison) -> str:
    first, settled = comparison.policies[0].first_year, comparison.policies[0].settled
    return (
        f"First year: days {first.from_day} to {first.to_day} of the marketplace, every merchant new; "
        f"settled: days {settled.from_day} to {settled.to_day}. "
        "Losses and draws of 10,000 of sales, cash locked in days of sales; "
        f"below each its 95% interval (bootstrap over {comparison.runs} runs, seed {comparison.seed}).\n"
    )


def _table(headings: Sequence[str], words: int, rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown; so many columns are words, the others figures."""
    rules = ["---"] * words + ["---:"] * (len(headings) - words)
    lines = [headings, rules, *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _rows(policies: Sequence[PolicyFigures]) -> Iterable[list[str]]:
    for policy in policies:
        for name, title in SPANS:
            span: SpanFigures = getattr(policy, name)
            cells = [_both(span, first, second) for first, second, _ in _CHOSEN]
            yield [policy.policy, title.en, *cells]


def _spans(policy: PolicyFigures, columns: Sequence[Column]) -> Iterable[list[str]]:
    for name, title in SPANS:
        span: SpanFigures = getattr(policy, name)
        yield [title.en, *(_cell(column, span) for column in columns)]


def _both(span: SpanFigures, first: str, second: str | None) -> str:
    cell = _cell(_COLUMNS[first], span)
    if second is None:
        return cell
    value, _, below = cell.partition("<br>")
    more, _, under = _cell(_COLUMNS[second], span).partition("<br>")
    return f"{value} ({more})" + (f"<br>{below} ({under})" if below else "")


def _cell(column: Column, span: SpanFigures) -> str:
    spread = column.interval(span)
    return column.value(span) + (f"<br>{spread}" if spread else "")


def _rings(policies: Sequence[PolicyFigures], learned: dict[str, Worst]) -> Iterable[list[str]]:
    for policy in policies:
        best, found = policy.best_paid, learned.get(policy.policy)
        paid = _gained(best)
        costliest = max(policy.adversaries, key=lambda kind: kind.cost_days, default=None)
        cost = "–" if costliest is None else f"{costliest.adversary}: {decimals(costliest.cost_days)}"
        searched = (
            "–" if found is None else f"{decimals(found.cost_days)} days, {ratio(found.ratio)} for each 1"
        )
        yield [policy.policy, *paid, cost, searched]


def _gained(best: KindFigures | None) -> list[str]:
    if best is None:
        return ["–", "–", "–"]
    value, spread, ring = gain(best)
    return [best.adversary, value + (f"<br>{spread}" if spread else ""), ring]
