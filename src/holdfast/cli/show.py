"""`holdfast show`: the story of an order, a merchant or an account, from the facts of a live database."""

import sys
from collections.abc import Callable
from typing import Annotated

import msgspec
import typer

from holdfast.cli import lives
from holdfast.cli.db import AsJson, Data, Url
from holdfast.cli.lives import Life
from holdfast.cli.problems import answering
from holdfast.cli.reading import Schema, opened
from holdfast.engine.home import Home

app = typer.Typer(no_args_is_help=True, help="Tell the story of an order, a merchant or an account.")

Id = Annotated[str, typer.Argument(metavar="ID", show_default=False)]


@app.command()
def order(
    key: Id, data: Data = None, database_url: Url = None, schema: Schema = None, *, as_json: AsJson = False
) -> None:
    """Tell an order's story: every fact, with its time and amounts."""
    _show(lambda home: lives.of_order(home, key), data, database_url, schema, as_json=as_json)


@app.command()
def merchant(
    key: Id, data: Data = None, database_url: Url = None, schema: Schema = None, *, as_json: AsJson = False
) -> None:
    """Tell a merchant's story: its orders and payouts summed up by day, all else fact by fact."""
    _show(lambda home: lives.of_merchant(home, key), data, database_url, schema, as_json=as_json)


@app.command()
def account(
    key: Annotated[
        str,
        typer.Argument(metavar="ID", help="For example fund/CNY or merchant/m1/held/CNY", show_default=False),
    ],
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell an account's story: every entry, with the balance after it and the account's version."""
    _show(lambda home: lives.of_account(home, key), data, database_url, schema, as_json=as_json)


def _show(
    tell: Callable[[Home], Life], data: Data, database_url: Url, schema: Schema, *, as_json: bool
) -> None:
    with answering(as_json=as_json, interrupted="Nothing was changed."):
        with opened(data, database_url, schema) as home:
            life = tell(home)
        if as_json:
            sys.stdout.write(msgspec.json.format(msgspec.json.encode(life), indent=2).decode() + "\n")
        else:
            sys.stdout.writelines(_lines(life))


def _lines(life: Life) -> list[str]:
    width = max(map(len, life.now))
    return [
        f"{life.subject} {life.id}\n",
        *(f"  {label:<{width}}  {text}\n" for label, text in life.now.items()),
        "\n",
        *(f"{event.at:<24}  {event.text}\n" for event in life.events),
    ]
