"""`holdfast erase`: destroy a subject's keys, so that nobody can open the log's leaves about it."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from holdfast.cli.documents import write_json
from holdfast.cli.places import AsJson, Data, Erasures, Url
from holdfast.cli.problems import answering
from holdfast.cli.reading import Schema, opened, wired
from holdfast.kernel.clock import Instant, SystemClock, iso

if TYPE_CHECKING:
    from holdfast.cli.proposed import Proposed
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
Withdraw = Annotated[bool, typer.Option("--withdraw", help="Take back that it was proposed to destroy them")]


class Done(NamedTuple):
    """What became of it: the fact, and what waits for other people, or that it was taken back."""

    fact_id: str
    proposed: "Proposed | None" = None
    withdrawn: bool = False

    @property
    def destroyed(self) -> str | None:
        """Return the fact that keys were destroyed."""
        return None if self.withdrawn or self.proposed is not None else self.fact_id


def erase(
    subject: Subject,
    by: By = None,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    erasures: Erasures = None,
    *,
    destroy: Destroy = False,
    withdraw: Withdraw = False,
    as_json: AsJson = False,
) -> None:
    """Tell which keys of SUBJECT may be destroyed and which the law keeps; with --destroy, destroy them.

    The log's leaves stay, and every proof holds; but nobody can show any more what they meant. Nothing undoes
    it. As many people have to ask for it as the policy says: the first with --destroy proposes it.
    """
    from holdfast.cli.erasures import place  # noqa: PLC0415
    from holdfast.journal.refusals import NothingToErase  # noqa: PLC0415

    if destroy and withdraw:
        raise typer.BadParameter("either it is asked for, or taken back", param_hint="--withdraw")
    if (destroy or withdraw) and by is None:
        raise typer.BadParameter("name who decided it", param_hint="--by")
    with answering(as_json=as_json, interrupted="Either all of it was done, or nothing."):
        listed = place(erasures, data, database_url)
        now = SystemClock().now()
        source = (data, database_url, schema)
        plan = _plan(subject, now, source)
        done = None
        if by is not None and (destroy or withdraw):
            done = (_destroy if destroy else _withdraw)(subject, by, listed, source)
        if plan is None:
            raise NothingToErase(subject)
    if as_json:
        document = _document(plan, done, listed)
        write_json(document)
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(plan, done, listed))


def _plan(subject: str, now: Instant, source: Source) -> "Plan | None":
    from holdfast.journal import erasing  # noqa: PLC0415 - it is quick to tell what is used wrongly
    from holdfast.journal.refusals import BadErasure  # noqa: PLC0415
    from holdfast.publishing.keyring import look  # noqa: PLC0415 - it brings the database's driver

    if not erasing.is_subject(subject):
        raise BadErasure("subject", subject=subject[:200])
    with wired(*source) as connection, connection.transaction():
        held = look(connection, subject)
    return None if held is None else erasing.plan(held, now)


def _destroy(subject: str, by: str, listed: Path, source: Source) -> Done:
    from holdfast.cli.proposed import ask  # noqa: PLC0415 - see `_plan`
    from holdfast.journal.held import KeysHeld  # noqa: PLC0415
    from holdfast.journal.model import DestroyKeys  # noqa: PLC0415
    from holdfast.publishing.erasures import add  # noqa: PLC0415
    from holdfast.publishing.keyring import Keyring  # noqa: PLC0415

    # Nothing brings a destroyed key back. Its tag is on the list of erasures, outside of the database, before
    # the transaction commits: so that a restored backup cannot bring the key back either.
    keepers = {KeysHeld: Keyring(partial(add, listed))}
    with opened(*source, keepers=keepers) as home:
        fact, proposed = ask(home, DestroyKeys(subject=subject), by)
    return Done(fact.id, proposed)


def _withdraw(subject: str, by: str, _listed: Path, source: Source) -> Done:
    from holdfast.cli.proposed import withdraw  # noqa: PLC0415 - see `_plan`
    from holdfast.journal.model import DestroyKeys  # noqa: PLC0415

    with opened(*source) as home:
        fact = withdraw(home, DestroyKeys(subject=subject), by)
    return Done(fact.id, withdrawn=True)


def _document(plan: "Plan", done: Done | None, listed: Path) -> dict[str, Any]:
    fact_id = None if done is None else done.destroyed
    return {
        "subject": plan.subject,
        "pseudonym": plan.pseudonym,
        "destroyed": fact_id is not None,
        "fact": fact_id,
        "proposed": None if done is None else done.proposed,
        "withdrawn": None if done is None or not done.withdrawn else done.fact_id,
        "erasures": None if fact_id is None else str(listed),
        "deals": list(plan.due),
        "whole": plan.whole,
        "kept": [
            {"order": deal.order_id, "until": None if deal.kept_until is None else iso(deal.kept_until)}
            for deal in plan.kept
        ],
    }


def _lines(plan: "Plan", done: Done | None, listed: Path) -> list[str]:
    fact_id = None if done is None else done.destroyed
    stand = "destroyed" if fact_id is not None else "may be destroyed"
    lines = [f"{plan.subject}, in the log {plan.pseudonym}", f"  keys of {len(plan.due)} deals: {stand}"]
    if plan.whole:
        lines.append(f"  its own key: {stand}")
    if plan.kept:
        lines.append(
            f"  {len(plan.kept)} deals are kept, for three years after they ended (电子商务法 art. 31):"
        )
        for deal in plan.kept[:_SHOWN]:
            until = "it has not ended" if deal.kept_until is None else f"until {iso(deal.kept_until)}"
            lines.append(f"    {f'order {deal.order_id}' if deal.order_id else 'its own record'}: {until}")
        if len(plan.kept) > _SHOWN:
            lines.append(f"    and {len(plan.kept) - _SHOWN} more; --json has them all")
    return [*lines, *_ending(plan, done, listed)]


def _ending(plan: "Plan", done: Done | None, listed: Path) -> list[str]:
    from holdfast.cli.proposed import lines as waiting  # noqa: PLC0415 - see `_plan`

    if done is None:
        nothing = "  nothing was changed; --destroy --by NAME asks for it, and nothing undoes it"
        return [nothing] if plan.due or plan.whole else []
    if done.proposed is not None:
        return [f"  {line}" for line in waiting(done.proposed, f"holdfast erase {plan.subject}", "--destroy")]
    if done.withdrawn:
        return [f"  the proposal to destroy them is withdrawn, as fact {done.fact_id}; nothing was changed"]
    return [
        f"  recorded as fact {done.fact_id}; every proof still holds",
        "  backups of the database that were made before still have the keys: destroy them, too",
        f"  listed in {listed}, which names nobody: copy it, `holdfast db restore` erases again by it",
    ]
