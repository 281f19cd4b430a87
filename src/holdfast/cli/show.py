"""`holdfast show`: the story of an order, a merchant or an account, from the facts of a live database."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from holdfast.cli.documents import write_json
from holdfast.cli.places import AsJson, Data, Url, Zone
from holdfast.cli.problems import answering
from holdfast.cli.reading import Schema, opened
from holdfast.kernel import zones

if TYPE_CHECKING:
    from holdfast.cli.lives import Life
    from holdfast.engine.home import Home

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Tell the story of an order, a merchant or an account."
)

Id = Annotated[str, typer.Argument(metavar="ID", show_default=False)]


@app.command()
def order(
    key: Id,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    zone: Zone = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell an order's story: every fact, with its time and amounts."""
    from holdfast.cli import lives  # noqa: PLC0415 - it takes 0.5 s to import

    _show(lives.of_order, key, zone, (data, database_url, schema), as_json=as_json)


@app.command()
def merchant(
    key: Id,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    zone: Zone = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell a merchant's story: its orders and payouts summed up by day, all else fact by fact."""
    from holdfast.cli import lives  # noqa: PLC0415 - as above

    _show(lives.of_merchant, key, zone, (data, database_url, schema), as_json=as_json)


@app.command()
def account(
    key: Annotated[
        str,
        typer.Argument(metavar="ID", help="For example fund/CNY or merchant/m1/held/CNY", show_default=False),
    ],
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    zone: Zone = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell an account's story: every entry, with the balance after it and the account's version."""
    from holdfast.cli import lives  # noqa: PLC0415 - as above

    _show(lives.of_account, key, zone, (data, database_url, schema), as_json=as_json)


def _show(
    tell: "Callable[[Home, str, str], Life]",
    key: str,
    zone: str | None,
    where: tuple[Data, Url, Schema],
    *,
    as_json: bool,
) -> None:
    from holdfast.cli import lives  # noqa: PLC0415 - as above

    with answering(as_json=as_json, interrupted="Nothing was changed."):
        if zone is not None:
            zones.zone(zone)
        with opened(*where) as home:
            life = tell(home, key, zone or lives.zone_in_force(home))
        if as_json:
            write_json(life)
        else:
            sys.stdout.writelines(_lines(life))


def _lines(life: "Life") -> list[str]:
    now = {**life.now, "times": f"{life.zone} 当地时间"}
    width = max(map(len, now))
    longest = max((len(event.at) for event in life.events), default=0)
    return [
        f"{life.subject} {life.id}\n",
        *(f"  {label:<{width}}  {text}\n" for label, text in now.items()),
        "\n",
        *(f"{event.at:<{longest}}  {event.text}\n" for event in life.events),
    ]
