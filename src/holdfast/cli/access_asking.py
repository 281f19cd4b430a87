"""What the commands of `holdfast access` have in common: options, asking, and what is said of it."""

import shlex
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
import typer

from holdfast.cli.documents import write_json
from holdfast.cli.places import Data, Url
from holdfast.cli.problems import answering
from holdfast.cli.reading import Schema, opened
from holdfast.kernel.actor import Role
from holdfast.kernel.clock import HOUR, Duration
from holdfast.kernel.rows import Row

if TYPE_CHECKING:
    from holdfast.cli.proposed import Proposed
    from holdfast.engine.home import Home
    from holdfast.kernel.rows import Command

By = Annotated[
    str,
    typer.Option("--by", metavar="NAME", help="Who decides it: it is recorded", show_default=False),
]
TheRole = Annotated[
    Role, typer.Argument(metavar="ROLE", help="operator, finance, risk, merchant, …", show_default=False)
]
Owner = Annotated[
    str | None,
    typer.Option("--owner", metavar="ID", help="The merchant, or the consumer", show_default=False),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Recorded with it", show_default=False)]
After = Annotated[
    str | None,
    typer.Option("--after", metavar="CURSOR", help="Go on where the page before ended", show_default=False),
]
Withdraw = Annotated[bool, typer.Option("--withdraw", help="Take back that it was proposed")]
Limit = Annotated[int, typer.Option("--limit", metavar="N", help="Rows of a page, 500 at most")]

R = TypeVar("R", bound=Row)


class Done(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of it: its fact, or the proposal that waits for other people; `token` is shown once."""

    fact: str
    token: str = ""
    proposed: "Proposed | None" = None


@contextmanager
def at_home(data: Data, database_url: Url, schema: Schema, *, as_json: bool) -> Generator["Home"]:
    """Open the database's home, and say in the end why something was refused."""
    interrupted = "It was recorded, or not at all: see `holdfast access keys` and `holdfast access people`."
    with answering(as_json=as_json, interrupted=interrupted), opened(data, database_url, schema) as home:
        yield home


def in_hours(hours: float | None) -> Duration | None:
    """Return a length of time that was given in hours."""
    return None if hours is None else round(hours * HOUR)


def done(home: "Home", command: "Command", by: str, token: str = "", *, withdraw: bool = False) -> Done:
    """Have a member of staff ask for a command, or take back that it was proposed.

    The token is told only where it happened: until then it opens nothing.
    """
    from holdfast.cli import proposed  # noqa: PLC0415 - they bring every room, 0.5 s

    if withdraw:
        return Done(proposed.withdraw(home, command, by).id)
    fact, waits = proposed.ask(home, command, by)
    return Done(fact.id, token if waits is None else "", waits)


def write(what: Done, again: Sequence[str], *, as_json: bool) -> None:
    """Write what became of a command, with the secret that was drawn for it.

    Args:
        what: what became of it.
        again: the words of the command line by which another person asks for the same.
        as_json: as a document.
    """
    from holdfast.cli.proposed import lines  # noqa: PLC0415 - as above

    if as_json:
        write_json(what)
    elif what.proposed is not None:
        command = shlex.join(("holdfast", "access", *again))
        sys.stdout.writelines(f"{line}\n" for line in lines(what.proposed, command))
    else:
        if what.token:
            sys.stdout.write(f"{what.token}\n")
            sys.stderr.write("只显示这一次，请妥善保存。 It is shown this once, and kept nowhere.\n")
        sys.stderr.write(f"recorded as fact {what.fact}\n")


def need(home: "Home", kind: type[R], key: str) -> R:
    """Return a row.

    Raises:
        NotFound: there is none of this id.
    """
    from holdfast.kernel.refusal import NotFound  # noqa: PLC0415 - as above

    row = home.row(kind, key)
    if row is None:
        raise NotFound(key, kind=kind.called)
    return row
