"""`holdfast monitor`: read a log as somebody who trusts nobody, and report its proofs and faults."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.cli.documents import write_json
from holdfast.cli.places import AsJson
from holdfast.cli.problems import answering, refuse
from holdfast.cli.progress import bars
from holdfast.kernel.clock import DAY, SystemClock
from holdfast.kernel.sorts import REFUSED
from holdfast.trail.findings import plain

if TYPE_CHECKING:
    from holdfast.monitor.watch import Report

_SHOWN = 20
"""The number of faults that are printed; --json has up to 1,000 of them."""

Place = Annotated[
    str,
    typer.Argument(
        metavar="LOG",
        help="The log: its folder, as `trail init` made it or `log` in it, or the URL below which it is",
    ),
]
Policy = Annotated[
    Path,
    typer.Option(
        "--policy",
        metavar="FILE",
        help="Whom to believe: a trust policy (c2sp.org/tlog-policy)",
        show_default=False,
    ),
]
State = Annotated[
    Path,
    typer.Option(
        "--state",
        metavar="DIR",
        help="Folder of its memory and of conflicts found; made where it is missing, one for each log",
        show_default=False,
    ),
]
Compare = Annotated[
    list[str] | None,
    typer.Option(
        "--compare",
        metavar="PLACE",
        help="A checkpoint, a receipt, or a mirror of the log (folder or URL); once for each",
        show_default=False,
    ),
]
Openings = Annotated[
    Path | None,
    typer.Option(
        "--openings",
        metavar="FILE.jsonl",
        help="Openings of facts, one a line: the rules of the business are checked over them",
        show_default=False,
    ),
]
EndedWithin = Annotated[
    int,
    typer.Option(
        "--ended-within", metavar="DAYS", min=1, max=36_500, help="The days within which an order must end"
    ),
]


def monitor(
    log: Place,
    policy: Policy,
    state: State,
    compare: Compare = None,
    openings: Openings = None,
    ended_within: EndedWithin = 400,
    *,
    as_json: AsJson = False,
) -> None:
    """Rebuild a log's root from its entries, compare its heads in several places, and check the facts' rules.

    Exit code 0 where everything holds, 1 where something is wrong or the log cannot be verified.
    """
    # It takes 0.2 s to import, which the other commands need not wait for.
    from holdfast.monitor.trusted import trust_in  # noqa: PLC0415
    from holdfast.monitor.watch import Asked, watch  # noqa: PLC0415

    with (
        answering(as_json=as_json, interrupted="What was verified before is remembered."),
        bars(quiet=as_json) as shown,
    ):
        now = SystemClock().now()
        asked = Asked(log, trust_in(policy), state, compare or (), openings, ended_within * DAY, now)
        report = watch(asked, lambda share: shown.tell("条目 entries", share))
    if as_json:
        write_json(_document(report))
    else:
        sys.stdout.write(plain(_lines(report)))
        if report.refusal is not None:
            sys.stdout.flush()
            raise refuse(report.refusal, as_json=False)
    if not report.fine:
        raise typer.Exit(REFUSED)


def _document(report: "Report") -> dict[str, Any]:
    head = None if report.verified is None else report.verified.checkpoint
    return {
        "origin": None if head is None else head.origin,
        "size": None if head is None else head.size,
        "root": None if head is None else head.root.hex(),
        "findings": [finding._asdict() for finding in report.findings],
        "faults": [fault._asdict() for fault in report.faults],
        "faults_not_listed": report.unlisted,
        "refusal": None if report.refusal is None else report.refusal.record().document(),
    }


def _lines(report: "Report") -> list[str]:
    lines: list[str] = []
    for finding in report.findings:
        lines += [f"{'✓' if finding.proven else '?'} {finding.zh}", f"  {finding.en}"]
    for fault in report.faults[:_SHOWN]:
        lines += [f"✗ {fault.zh} [{fault.code}]", f"  {fault.en}", *(f"    {one}" for one in fault.shown_by)]
    more = len(report.faults) - _SHOWN + report.unlisted
    if more > 0:
        lines += [f"✗ 另有 {more} 处。", f"  And {more} more."]
    return lines
