"""`holdfast audit`: every invariant of the books, checked on a live database."""

from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

from holdfast.cli.documents import write_json
from holdfast.cli.places import AsJson, Data, Url
from holdfast.cli.problems import answering
from holdfast.cli.progress import bars
from holdfast.cli.reading import Schema, opened
from holdfast.kernel.clock import iso
from holdfast.kernel.sorts import REFUSED

if TYPE_CHECKING:
    from holdfast.audit.astray import Astray
    from holdfast.audit.checks import Audit, Checked

_SHOWN = 10
"""The findings of one check that are printed; --json has them all."""


def audit(
    data: Data = None, database_url: Url = None, schema: Schema = None, *, as_json: AsJson = False
) -> None:
    """Check every invariant of the books on a live database, and list the checks.

    Exit code 0 where all hold, 1 where one does not. Nothing should write meanwhile.
    """
    from holdfast.audit.checks import audit as check_all  # noqa: PLC0415 - it takes 0.3 s to import

    with answering(as_json=as_json, interrupted="Nothing was changed."):
        with (
            opened(data, database_url, schema) as home,
            bars(quiet=False, doing="核对账目 checking the books"),
        ):
            found = check_all(home)
        if as_json:
            write_json(found)
        else:
            _print(found)
    if found.findings:
        raise typer.Exit(REFUSED)


def _print(found: "Audit") -> None:
    console = Console(highlight=False)
    table = Table("", "what must hold", "rows read", box=None, pad_edge=False)
    for check in found.checks:
        table.add_row("✗" if check.findings else "✓", check.what, f"{check.rows:,}")
    console.print(table)
    for check in found.checks:
        _print_findings(console, check)
    _print_astray(console, found.astray)
    wrong = sum(bool(check.findings) for check in found.checks)
    total = len(found.checks)
    console.print(
        f"\n{total - wrong} of {total} invariants hold." if wrong else f"\nAll {total} invariants hold."
    )


def _print_astray(console: Console, found: "list[Astray]") -> None:
    """Print the oldest sums that are with the wrong person: no fault of the books, but work for somebody."""
    if not found:
        return
    console.print(f"\n不在应得者处的款项 / Money with the wrong person: {len(found):,}", style="bold")
    for each in found[:_SHOWN]:
        since = "?" if each.since is None else iso(each.since)
        console.print(
            f"  {each.amount.format()} with {each.held_by}, belongs to {each.belongs_to}, since {since}; "
            f"waits for {each.waits_for}",
            markup=False,
        )
    if len(found) > _SHOWN:
        console.print(f"  and {len(found) - _SHOWN:,} more: --json lists them all")


def _print_findings(console: Console, check: "Checked") -> None:
    if not check.findings:
        return
    console.print(f"\n{check.name}: {len(check.findings):,} findings", style="bold")
    for finding in check.findings[:_SHOWN]:
        console.print(f"  {finding.where}: {finding.what}", markup=False)
    if len(check.findings) > _SHOWN:
        console.print(f"  and {len(check.findings) - _SHOWN:,} more: --json lists them all")
