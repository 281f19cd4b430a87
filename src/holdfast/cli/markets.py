"""`holdfast markets`: list the live market and its sandboxes; create and remove sandboxes."""

import sys
from random import SystemRandom
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from holdfast.cli.documents import write_json
from holdfast.cli.places import AsJson, Data, Url
from holdfast.cli.problems import answering
from holdfast.cli.reading import Schema, at_work
from holdfast.kernel.clock import SystemClock, iso, parse
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

if TYPE_CHECKING:
    from holdfast.markets.model import Market

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Sandboxes: markets for trials, each with its own data and clock; list, create and remove them.",
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The sandbox's name", show_default=False)]
PolicyName = Annotated[
    str,
    typer.Option(
        "--policy", metavar="POLICY", help="In force from its epoch on: full, covered(0.99), or a .toml file"
    ),
]
Epoch = Annotated[
    str | None,
    typer.Option(
        "--epoch",
        metavar="TIME",
        help="When its clock begins: 2026-03-01, or a time with an offset; else now",
        show_default=False,
    ),
]
Running = Annotated[
    bool, typer.Option("--running", help="Its clock is the machine's; else it stands until it is moved")
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", metavar="S", min=0, help="Of the chances in it; else drawn", show_default=False),
]
MarketUrl = Annotated[
    str | None,
    typer.Option(
        "--market-url",
        metavar="URL",
        help="The database that it stands in, without a password; else the live market's",
        show_default=False,
    ),
]
Typed = Annotated[
    str | None,
    typer.Option(
        "--yes", metavar="NAME", help="The name once more: all that is in it goes", show_default=False
    ),
]

_SEEDS = 2**31


class BadEpoch(Refusal):
    """When a sandbox's clock is to begin cannot be read."""

    code = "bad_epoch"
    sort = Sort.MALFORMED
    what = Text("{text!r} 不是时间", "{text!r} is no time")
    fix = Text(
        "请写 2026-03-01 或 2026-03-01T10:00:00+08:00", "Write 2026-03-01, or 2026-03-01T10:00:00+08:00"
    )


class Listed(msgspec.Struct, frozen=True):
    """A market as it is listed; times in RFC 3339. `state`: open, or what is unfinished."""

    name: str
    kind: str
    clock: str
    now: str | None
    epoch: str | None
    schema: str | None
    url: str
    state: str


@app.command("list")
def list_(
    data: Data = None, database_url: Url = None, schema: Schema = None, *, as_json: AsJson = False
) -> None:
    """List the live market and its sandboxes, with the time of each."""
    from holdfast.markets import registry  # noqa: PLC0415 - it takes 0.3 s to import
    from holdfast.markets.model import LIVE, ClockKind, MarketKind  # noqa: PLC0415
    from holdfast.postgres.connection import readable  # noqa: PLC0415
    from holdfast.postgres.wire import open_wire  # noqa: PLC0415

    with (
        answering(as_json=as_json, interrupted="Nothing was changed."),
        at_work(data, database_url, schema) as (url, _),
        open_wire(url, schema) as connection,
    ):
        found = registry.entries(connection, url)
        now = iso(SystemClock().now())
        live = Listed(LIVE, MarketKind.LIVE, ClockKind.RUNNING, now, None, schema, readable(url), "open")
        listed = [live, *(_listed(each.market, each.state) for each in found)]
    if as_json:
        write_json(listed)
        return
    width = max(len(each.name) for each in listed)
    sys.stdout.writelines(
        f"{each.name:<{width}}  {each.kind:<8}{each.clock:<10}{each.now or each.state}\n" for each in listed
    )


def _listed(market: "Market", state: str) -> Listed:
    from holdfast.markets import registry  # noqa: PLC0415 - see `list_`
    from holdfast.postgres.connection import readable  # noqa: PLC0415

    at = registry.time_of(market) if state == "open" else None
    now, epoch = None if at is None else iso(at), iso(market.epoch)
    where = readable(market.url)
    return Listed(market.name, market.kind, market.clock, now, epoch, market.schema, where, state)


@app.command()
def create(
    name: Name,
    policy: PolicyName = "full",
    epoch: Epoch = None,
    seed: Seed = None,
    market_url: MarketUrl = None,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    running: Running = False,
    as_json: AsJson = False,
) -> None:
    """Create a sandbox with nobody in it yet. One whose making was broken off is made anew."""
    from holdfast.markets import registry  # noqa: PLC0415 - see `list_`
    from holdfast.markets.model import ClockKind  # noqa: PLC0415
    from holdfast.policy_files.reading import named  # noqa: PLC0415

    with answering(as_json=as_json, interrupted="Create it again to have it whole, or remove it."):
        now = SystemClock().now()
        wanted = registry.Wanted(
            name,
            ClockKind.RUNNING if running else ClockKind.STANDING,
            now if epoch is None else _epoch(epoch),
            SystemRandom().randrange(_SEEDS) if seed is None else seed,
            market_url,
        )
        with at_work(data, database_url, schema) as (url, _):
            made = _listed(registry.create(url, schema, wanted, named(policy)), "open")
    if as_json:
        write_json(made)
    else:
        sys.stdout.write(f"{made.name} is open; its clock: {made.clock}, at {made.now}\n")


@app.command()
def remove(
    name: Name,
    yes: Typed = None,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Remove a sandbox with all that is in it. A live market is not removed."""
    from holdfast.markets import registry  # noqa: PLC0415 - see `list_`

    with (
        answering(as_json=as_json, interrupted="Remove it again: part of it may be gone."),
        at_work(data, database_url, schema) as (url, _),
    ):
        registry.remove(url, schema, name, yes)
    if as_json:
        write_json({"removed": name})
    else:
        sys.stdout.write(f"{name} was removed\n")


def _epoch(text: str) -> int:
    try:
        return parse(text)
    except (ValueError, OverflowError) as error:
        raise BadEpoch("--epoch", text=text[:100]) from error
