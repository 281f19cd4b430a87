"""`holdfast erase`: what the log has of somebody can be opened by nobody any more."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.cli.documents import write_json
from holdfast.cli.places import AsJson, Data, Erasures, Url
from holdfast.cli.problems import answering
from holdfast.cli.reading import Schema, now_held, wired
from holdfast.kernel.clock import SystemClock, iso

if TYPE_CHECKING:
    from holdfast.publishing.erasure import Plan

_SHOWN = 20

Subject = Annotated[
    str, typer.Argument(metavar="SUBJECT", help="consumer:ID or merchant:ID", show_default=False)
]
By = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help="Who decided it: it is recorded", show_default=False),
]
Destroy = Annotated[bool, typer.Option("--destroy", help="Do it; without this it is only told what would be")]


def erase(
    subject: Subject,
    by: By = None,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    erasures: Erasures = None,
    *,
    destroy: Destroy = False,
    as_json: AsJson = False,
) -> None:
    """Tell which keys of SUBJECT may be destroyed and which the law keeps; with --destroy, destroy them.

    What the log says stays, and every proof holds; what it meant can then be shown by nobody. For ever.
    """
    from holdfast.cli.erasures import place  # noqa: PLC0415
    from holdfast.publishing import erasure  # noqa: PLC0415 - it brings the database's driver
    from holdfast.publishing.erasures import add  # noqa: PLC0415

    if destroy and by is None:
        raise typer.BadParameter("name who decided it", param_hint="--by")
    with (
        answering(as_json=as_json, interrupted="Either all of it was done, or nothing."),
        wired(data, database_url, schema) as connection,
    ):
        now = now_held(connection) if destroy else SystemClock().now()
        fact_id = None
        listed = place(erasures, data, database_url)
        if destroy:
            remember = partial(add, listed)
            plan, fact = erasure.destroy(connection, subject, by or "", now, remember)
            fact_id = fact.id
        else:
            plan = erasure.plan(connection, subject, now)
    if as_json:
        document = _document(plan, fact_id, listed)
        write_json(document)
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(plan, fact_id, listed))


def _document(plan: "Plan", fact_id: str | None, listed: Path) -> dict[str, Any]:
    return {
        "subject": plan.subject,
        "pseudonym": plan.pseudonym,
        "destroyed": fact_id is not None,
        "fact": fact_id,
        "erasures": None if fact_id is None else str(listed),
        "deals": list(plan.due),
        "whole": plan.whole,
        "kept": [
            {"order": deal.order_id, "until": None if deal.kept_until is None else iso(deal.kept_until)}
            for deal in plan.kept
        ],
    }


def _lines(plan: "Plan", fact_id: str | None, listed: Path) -> list[str]:
    done = "destroyed" if fact_id is not None else "may be destroyed"
    lines = [f"{plan.subject}, in the log {plan.pseudonym}", f"  keys of {len(plan.due)} deals: {done}"]
    if plan.whole:
        lines.append(f"  its own key: {done}")
    if plan.kept:
        lines.append(
            f"  {len(plan.kept)} deals are kept, for three years after they ended (电子商务法 art. 31):"
        )
        for deal in plan.kept[:_SHOWN]:
            until = "it has not ended" if deal.kept_until is None else f"until {iso(deal.kept_until)}"
            lines.append(f"    {f'order {deal.order_id}' if deal.order_id else 'its own record'}: {until}")
        if len(plan.kept) > _SHOWN:
            lines.append(f"    and {len(plan.kept) - _SHOWN} more; --json has them all")
    if fact_id is not None:
        lines += [
            f"  recorded as fact {fact_id}; every proof still holds",
            "  backups of the database that were made before still have the keys: destroy them, too",
            f"  listed in {listed}, which names nobody: copy it, `holdfast db restore` erases again by it",
        ]
    elif plan.due or plan.whole:
        lines.append("  nothing was changed; --destroy --by NAME does it, and nothing undoes it")
    return lines
