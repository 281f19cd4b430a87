"""A replay for the terminal: the answer in both languages, then the policies side by side."""

from collections.abc import Callable
from itertools import islice

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from holdfast.importers.history import History
from holdfast.kernel.money import Money
from holdfast.replay.results import PolicyResult, Replay
from holdfast.replay.sentence import answer
from holdfast.replay.wording import count, decimal, ratio

_REJECTS_SHOWN = 3

Figure = tuple[str, Callable[[PolicyResult], str]]


def _figures(currency: str) -> list[Figure]:
    def money(minor: int) -> str:
        return Money(minor, currency).format()

    return [
        ("sales", lambda p: money(p.gmv_minor)),
        ("claims", lambda p: count(p.claims)),
        ("claimed", lambda p: money(p.claimed_minor)),
        ("  after the window", lambda p: money(p.late_claimed_minor)),
        ("compensated", lambda p: money(p.compensated_minor)),
        ("uncovered", lambda p: money(p.uncovered_minor)),
        ("  after the window", lambda p: money(p.late_uncovered_minor)),
        ("  from the orders", lambda p: money(p.sources.order)),
        ("  from the balance", lambda p: money(p.sources.available)),
        ("  from the reserve", lambda p: money(p.sources.reserve)),
        ("  from the deposit", lambda p: money(p.sources.deposit)),
        ("  from the fund", lambda p: money(p.sources.fund)),
        ("recovered by the fund", lambda p: money(p.fund_recovered_minor)),
        ("debits stopped", lambda p: money(p.debits_stopped_minor)),
        ("orders refused", lambda p: count(p.orders_refused)),
        ("lowest coverage ratio", lambda p: ratio(p.min_coverage_ratio)),
        ("locked, days of sales", lambda p: decimal(p.locked_days_of_sales)),
        ("sum of the ledger", lambda p: money(p.ledger_sum_minor)),
        ("facts", lambda p: count(p.facts)),
        ("seconds", lambda p: decimal(p.seconds)),
    ]


def show(replay: Replay, console: Console) -> None:
    """Print the answer and the figures."""
    found = answer(replay)
    for text in (found.ours, found.today):
        if text is not None:
            console.print(Text(text.zh), soft_wrap=True)
            console.print(Text(text.en), end="\n\n", soft_wrap=True)
    console.print(_table(replay))
    console.print(
        Text(
            f"{count(replay.orders)} orders of {count(replay.merchants)} merchants and "
            f"{count(replay.consumers)} consumers, {replay.first_day} to {replay.last_day}; "
            f"{count(replay.rejected_rows)} rows not taken"
        ),
        soft_wrap=True,
    )


def _table(replay: Replay) -> Table:
    table = Table("", box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for result in replay.policies:
        table.add_column(result.policy, justify="right", overflow="fold")
    for label, written in _figures(replay.currency):
        style = "bold" if label == "uncovered" else None
        table.add_row(label, *(written(result) for result in replay.policies), style=style)
    return table


def rejects_told(history: History) -> list[str]:
    """Return the first rows that were not taken, each with what to do, and how many more there are."""
    shown = list(islice(history.rejects, _REJECTS_SHOWN))
    lines = [
        f"{reject.file}:{reject.row}, {reject.column or 'the row'}: {reject.reason}. {reject.fix}."
        for reject in shown
    ]
    more = len(history.rejects) - len(shown)
    if more:
        lines.append(f"and {count(more)} more rows that were not taken; --rejects FILE.csv lists them all")
    return lines
