"""`holdfast erase`: destroy a subject's keys, so that nobody can open the log's leaves about it."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.cli.documents import write_json
from holdfast.cli.people import member_of_staff
from holdfast.cli.places import AsJson, Data, Erasures, Url
from holdfast.cli.problems import answering
from holdfast.cli.reading import Schema, opened, wired
from holdfast.kernel.clock import Instant, SystemClock, iso

if TYPE_CHECKING:
    from holdfast.journal.erasing import Plan

_SHOWN = 20

Source = tuple[Path | None, str | None, str | None]

Subject = Annotated[
    str, typer.Argument(metavar="SUBJECT", help="consumer:ID or merchant:ID", show_default=False)
]
By = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help="Who decided it: it is recorded", show_default=False),
]
Destroy = Annotated[
    bool, typer.Option("--destroy", help="Destroy the keys; without this they are only listed")
]


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

    The log's leaves stay, and every proof holds; but nobody can show any more what they meant. Nothing undoes
    it.
    """
    from holdfast.cli.erasures import place  # noqa: PLC0415
    from holdfast.journal.refusals import NothingToErase  # noqa: PLC0415

    if destroy and by is None:
        raise typer.BadParameter("name who decided it", param_hint="--by")
    with answering(as_json=as_json, interrupted="Either all of it was done, or nothing."):
        listed = place(erasures, data, database_url)
        now = SystemClock().now()
        plan = _plan(subject, now, (data, database_url, schema))
        fact_id: str | None = None
        if destroy and by is not None:
            fact_id = _destroy(subject, by, now, listed, (data, database_url, schema))
        if plan is None:
            raise NothingToErase(subject)
    if as_json:
        document = _document(plan, fact_id, listed)
        write_json(document)
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(plan, fact_id, listed))


def _plan(subject: str, now: Instant, source: Source) -> "Plan | None":
    from holdfast.journal import erasing  # noqa: PLC0415 - it is quick to tell what is used wrongly
    from holdfast.journal.refusals import BadErasure  # noqa: PLC0415
    from holdfast.publishing.keyring import look  # noqa: PLC0415 - it brings the database's driver

    if not erasing.is_subject(subject):
        raise BadErasure("subject", subject=subject[:200])
    with wired(*source) as connection, connection.transaction():
        held = look(connection, subject)
    return None if held is None else erasing.plan(held, now)


def _destroy(subject: str, by: str, now: Instant, listed: Path, source: Source) -> str:
    from holdfast.engine.execution import Submission, require_accepted  # noqa: PLC0415 - see `_plan`
    from holdfast.journal.held import KeysHeld  # noqa: PLC0415
    from holdfast.journal.model import DestroyKeys  # noqa: PLC0415
    from holdfast.publishing.erasures import add  # noqa: PLC0415
    from holdfast.publishing.keyring import Keyring  # noqa: PLC0415

    # Nothing brings a destroyed key back. Its tag is on the list of erasures, outside of the database, before
    # the transaction commits: so that a restored backup cannot bring the key back either.
    keepers = {KeysHeld: Keyring(partial(add, listed))}
    with opened(*source, keepers=keepers) as home:
        [outcome] = home.run([Submission(DestroyKeys(subject=subject), now, None, member_of_staff(by))])
    require_accepted(outcome)
    [fact] = outcome.facts
    return fact.id


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
