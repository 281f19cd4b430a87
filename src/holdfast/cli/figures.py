"""A replay for the terminal: the answer in both languages, then the policies side by side."""

from collections.abc import Callable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text as Shown

from holdfast.importers.history import Reject
from holdfast.kernel.money import Money
from holdfast.kernel.text import Text, same
from holdfast.replay.results import PolicyResult, Replay
from holdfast.replay.sentence import answer
from holdfast.replay.taken import left_out_told, repairs_told, zones_told
from holdfast.replay.wording import count, decimal, many, ratio

_REJECTS_SHOWN = 3

Figure = tuple[str, Callable[[PolicyResult], str]]


def _figures(replay: Replay) -> list[Figure]:
    def money(minor: int) -> str:
        return Money(minor, replay.currency).format()

    return [
        ("orders taken", lambda p: count(replay.taken(p))),
        ("  not taken", lambda p: count(p.orders_refused)),
        ("  another way", lambda p: count(p.orders_cut_short)),
        ("sales", lambda p: money(p.gmv_minor)),
        ("  not taken", lambda p: money(p.refused_minor)),
        ("  debited", lambda p: money(p.captured_minor)),
        ("refunded", lambda p: money(p.refunded_minor)),
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
        ("debits stopped", lambda p: money(p.captures_stopped_minor)),
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
            console.print(Shown(text.zh), soft_wrap=True)
            console.print(Shown(text.en), end="\n\n", soft_wrap=True)
    console.print(_table(replay))
    console.print(
        Shown(
            f"{many(replay.orders, 'order', 'orders')} of {many(replay.merchants, 'merchant', 'merchants')} "
            f"and {many(replay.consumers, 'consumer', 'consumers')} in the history, {replay.first_day} to "
            f"{replay.last_day}; beside them {many(replay.rejected_rows, 'row', 'rows')} not taken, "
            f"{many(replay.unpaid, 'order', 'orders')} never paid"
        ),
        soft_wrap=True,
    )
    for line in zones_told(replay):
        console.print(Shown(line), soft_wrap=True)
    for line in filter(None, (*left_out_told(replay.left_out), *repairs_told(replay.repairs))):
        console.print(Shown(line), soft_wrap=True)


def _table(replay: Replay) -> Table:
    table = Table("", box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for result in replay.policies:
        table.add_column(result.policy, justify="right", overflow="fold")
    for label, written in _figures(replay):
        style = "bold" if label == "uncovered" else None
        table.add_row(label, *(written(result) for result in replay.policies), style=style)
    return table


def rejects_told(rejects: Sequence[Reject]) -> list[str]:
    """Return lines on the first rows that were not taken, each with its fix, and the number of the others."""
    shown = rejects[:_REJECTS_SHOWN]
    lines = [line for reject in shown for line in _told(reject)]
    more = len(rejects) - len(shown)
    if more:
        lines += Text(
            f"另有 {count(more)} 项未被采纳；--rejects FILE.csv 列出全部",
            f"and {count(more)} more that were not taken; --rejects FILE.csv lists them all",
        )
    return lines


def _told(reject: Reject) -> Text:
    row = f"{reject.file}:{reject.row}" if reject.row else reject.file
    at = Text(f"{row}，{reject.column or '整行'}", f"{row}, {reject.column or 'the row'}")
    under = same("")
    if reject.policy:
        under = Text(f"，规则 {reject.policy}", f", under {reject.policy}")
    reason, fix = reject.told()
    return Text("{at}{under}：{reason}。{fix}。", "{at}{under}: {reason}. {fix}.").fill(
        at=at, under=under, reason=reason, fix=fix
    )
