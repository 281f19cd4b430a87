"""`holdfast clock`: compare this machine's clock with the newest fact's time; confirm that it is right."""

import sys
from typing import Annotated

import msgspec
import typer

from holdfast.cli.documents import write_json
from holdfast.cli.people import member_of_staff
from holdfast.cli.places import AsJson, Data, Url
from holdfast.cli.problems import answering
from holdfast.cli.reading import Schema, clock_guard, opened
from holdfast.kernel.clock import HOUR, SystemClock, iso
from holdfast.kernel.refusal import Refusal

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Compare this machine's clock with the newest fact's time, or confirm that it is right.",
)

By = Annotated[
    str,
    typer.Option(
        "--by", metavar="NAME", help="The person who confirms it: recorded with it", show_default=False
    ),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why the times differ: it is recorded")]


class Clocks(msgspec.Struct, frozen=True):
    """How the clocks stand: times in UTC, the bound in hours; `right` says whether commands are taken."""

    machine: str
    newest_fact: str | None
    ahead_hours: int
    right: bool
    why_not: str | None


class Confirmed(msgspec.Struct, frozen=True):
    """The confirmation: its fact's id, and the time that is the present from now on."""

    fact: str
    at: str


@app.command()
def show(
    data: Data = None, database_url: Url = None, schema: Schema = None, *, as_json: AsJson = False
) -> None:
    """Tell whether the engine takes this machine's clock as right. Exit code 1 where it does not."""
    with (
        answering(as_json=as_json, interrupted="Nothing was changed."),
        opened(data, database_url, schema) as home,
    ):
        guard, now, newest = clock_guard(), SystemClock().now(), home.newest_at()
        why_not: str | None = None
        try:
            guard.present(now, newest)
        except Refusal as refusal:
            why_not = str(refusal)
        clocks = Clocks(
            iso(now), None if newest is None else iso(newest), guard.ahead // HOUR, why_not is None, why_not
        )
    _write(clocks, as_json=as_json)
    if why_not is not None:
        raise typer.Exit(1)


@app.command()
def confirm(
    by: By,
    reason: Reason = "",
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Confirm that this machine's clock is right: commands that the guard refused are taken from now on.

    Deadlines that have passed by this clock then happen. Look at the clock first: nothing takes this back.
    """
    from holdfast.engine.execution import Submission, require_accepted  # noqa: PLC0415 - as above
    from holdfast.journal.model import ConfirmClock  # noqa: PLC0415 - it takes 0.3 s to import

    with answering(as_json=as_json, interrupted="It was recorded, or not at all: see `holdfast clock show`."):
        with opened(data, database_url, schema) as home:
            # Nothing takes this back: deadlines that have passed by this clock happen, with debits and
            # payouts. That is why a person is named.
            command = ConfirmClock(reason=reason)
            [outcome] = home.run([Submission(command, SystemClock().now(), None, member_of_staff(by))])
        require_accepted(outcome)
        [fact] = outcome.facts
    _write(Confirmed(fact.id, iso(fact.at)), as_json=as_json)


def _write(result: Clocks | Confirmed, *, as_json: bool) -> None:
    if as_json:
        write_json(result)
        return
    known = {name.replace("_", " "): value for name, value in msgspec.structs.asdict(result).items()}
    width = max(map(len, known))
    sys.stdout.writelines(
        f"{name:<{width}}  {_text(value)}\n" for name, value in known.items() if value is not None
    )


def _text(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
