"""`holdfast show`: the story of an order, a merchant or an account, from the facts of a live database."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from holdfast.cli.documents import write_json
from holdfast.cli.places import AsJson, Data, Lang, Language, Url, Zone
from holdfast.cli.problems import answering
from holdfast.cli.reading import Schema, opened
from holdfast.cli.show_pages import entries, facts, rows
from holdfast.kernel import zones
from holdfast.kernel.text import Text, padded, width

if TYPE_CHECKING:
    from holdfast.engine.home import Home
    from holdfast.telling.lives import Life

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Tell the story of an order, a merchant or an account."
)

app.command()(facts)
app.command()(rows)
app.command()(entries)

Id = Annotated[str, typer.Argument(metavar="ID", show_default=False)]


@app.command()
def order(
    key: Id,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    zone: Zone = None,
    lang: Lang = Language.BOTH,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell an order's story: every fact, with its time and amounts."""
    from holdfast.telling import lives  # noqa: PLC0415 - it takes 0.5 s to import

    _show(lives.of_order, key, zone, (data, database_url, schema), lang, as_json=as_json)


@app.command()
def merchant(
    key: Id,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    zone: Zone = None,
    lang: Lang = Language.BOTH,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell a merchant's story: its orders and payouts summed up by day, all else fact by fact."""
    from holdfast.telling import lives  # noqa: PLC0415 - as above

    _show(lives.of_merchant, key, zone, (data, database_url, schema), lang, as_json=as_json)


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
    lang: Lang = Language.BOTH,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell an account's story: every entry, with the balance after it and the account's version."""
    from holdfast.telling import lives  # noqa: PLC0415 - as above

    _show(lives.of_account, key, zone, (data, database_url, schema), lang, as_json=as_json)


def _show(
    tell: "Callable[[Home, str, str], Life]",
    key: str,
    zone: str | None,
    where: tuple[Data, Url, Schema],
    language: Language,
    *,
    as_json: bool,
) -> None:
    from holdfast.telling import lives  # noqa: PLC0415 - as above

    with answering(as_json=as_json, interrupted="Nothing was changed."):
        if zone is not None:
            zones.zone(zone)
        with opened(*where) as home:
            life = tell(home, key, zone or lives.zone_in_force(home))
        if as_json:
            write_json(life.document())
        else:
            sys.stdout.writelines(_lines(life, language))


def _lines(life: "Life", language: Language) -> list[str]:
    from holdfast.telling.lives import Particular  # noqa: PLC0415 - as above

    times = Particular(Text("时间", "times"), Text(f"{life.zone} 当地时间", f"those of {life.zone}"))
    now = [(_said(label, language), _said(value, language)) for label, value in [*life.now, times]]
    wide = max(width(" ".join(labels)) for labels, _ in now)
    longest = max((len(event.at) for event in life.events), default=0)
    return [
        f"{life.subject} {life.id}\n",
        *(
            f"  {padded(' '.join(labels), wide)}  {' / '.join(dict.fromkeys(values))}\n"
            for labels, values in now
        ),
        "\n",
        *(
            f"{event.at if not number else '':<{longest}}  {text}\n"
            for event in life.events
            for number, text in enumerate(_said(event.text, language))
        ),
    ]


def _said(text: Text, language: Language) -> list[str]:
    if language is Language.BOTH:
        return list(text)
    return [text.zh if language is Language.ZH else text.en]
