"""`holdfast show facts`, `rows` and `entries`: facts, rows and transfers page by page."""

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from holdfast.cli.documents import write_json
from holdfast.cli.places import AsJson, Data, Lang, Language, Url, Zone
from holdfast.cli.problems import answering
from holdfast.cli.reading import Schema, opened
from holdfast.kernel import zones
from holdfast.kernel.clock import Instant, parse
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

if TYPE_CHECKING:
    from holdfast.telling.pages import Told


class Listed(StrEnum):
    """Rows that are listed by subject."""

    ORDERS = "orders"
    CLAIMS = "claims"
    GUARANTEES = "guarantees"
    EVIDENCE = "evidence"


Of = Annotated[
    str | None,
    typer.Option(
        "--of",
        metavar="SUBJECT",
        help="order:ID, merchant:ID, consumer:ID, claim:ID, person:ID; actor:person/ID: whose acts they were",
        show_default=False,
    ),
]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", metavar="NAME", help="Only of this kind; once for each", show_default=False),
]
Since = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="Recorded then or later", show_default=False)
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help="Recorded before", show_default=False)
]
Newest = Annotated[bool, typer.Option("--newest", help="The newest first")]
After = Annotated[
    str | None,
    typer.Option("--after", metavar="CURSOR", help="From where the page before ended", show_default=False),
]
Limit = Annotated[int, typer.Option("--limit", metavar="N", help="How many")]


class TimeUnreadable(Refusal):
    """A time on the command line cannot be read."""

    code = "time_unreadable"
    sort = Sort.MALFORMED
    what = Text("{text!r} 不是日期或时间", "{text!r} is no date or time")
    fix = Text(
        "请写成 2026-03-01 或 2026-03-01T10:00:00+08:00",
        "Write it as 2026-03-01 or 2026-03-01T10:00:00+08:00",
    )


def facts(
    of: Of = None,
    kind: Kinds = None,
    since: Since = None,
    until: Until = None,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    zone: Zone = None,
    lang: Lang = Language.BOTH,
    after: After = None,
    limit: Limit = 50,
    *,
    newest: Newest = False,
    as_json: AsJson = False,
) -> None:
    """Tell facts page by page: of a subject, of a kind, of a time; or the whole journal."""
    from holdfast.journal.pages import Asked, subject  # noqa: PLC0415 - they bring every room, 0.3 s
    from holdfast.telling import lives, pages  # noqa: PLC0415 - as above

    with answering(as_json=as_json, interrupted="Nothing was changed."):
        if zone is not None:
            zones.zone(zone)
        asked = Asked(
            subject=None if of is None else subject(of),
            kinds=tuple(kind or ()),
            since=_instant(since),
            until=_instant(until),
            newest_first=newest,
        )
        with opened(data, database_url, schema) as home:
            page = home.fact_page(asked, after=after, limit=limit)
            told = pages.told(home, page.items, page.next, zone or lives.zone_in_force(home))
    if as_json:
        write_json(told.document())
    else:
        sys.stdout.writelines(_lines(told, lang))


def rows(
    which: Annotated[Listed, typer.Argument(metavar="orders|claims|guarantees|evidence", show_default=False)],
    of: Of = None,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    after: After = None,
    limit: Limit = 50,
    *,
    newest: Newest = False,
) -> None:
    """Write rows page by page, as JSON: those of a subject as they began, else all by their ids."""
    from holdfast.evidence.model import Evidence  # noqa: PLC0415 - as above
    from holdfast.guarantees.model import Guarantee  # noqa: PLC0415
    from holdfast.journal.pages import subject  # noqa: PLC0415
    from holdfast.orders.model import Order  # noqa: PLC0415
    from holdfast.settlement.model import Claim  # noqa: PLC0415

    kinds = dict(zip(Listed, (Order, Claim, Guarantee, Evidence), strict=True))
    with (
        answering(as_json=True, interrupted="Nothing was changed."),
        opened(data, database_url, schema) as home,
    ):
        whose = None if of is None else subject(of)
        page = home.row_page(kinds[which], whose, after=after, limit=limit, newest_first=newest)
        write_json({"rows": [msgspec.to_builtins(row) for row in page.items], "next": page.next})


def entries(
    account: Annotated[
        str, typer.Argument(metavar="ACCOUNT", help="As fund/CNY or merchant/m1/held/CNY", show_default=False)
    ],
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    after: After = None,
    limit: Limit = 50,
    *,
    newest: Newest = False,
) -> None:
    """Write an account's transfers page by page, as JSON, by the account's version."""
    with (
        answering(as_json=True, interrupted="Nothing was changed."),
        opened(data, database_url, schema) as home,
    ):
        page = home.entry_page(account, after=after, limit=limit, newest_first=newest)
        write_json({"entries": [msgspec.to_builtins(each) for each in page.items], "next": page.next})


def _instant(text: str | None) -> Instant | None:
    if text is None:
        return None
    try:
        return parse(text)
    except ValueError as error:
        raise TimeUnreadable("time", text=text[:100]) from error


def _lines(told: "Told", language: Language) -> list[str]:
    lines: list[str] = []
    for key, each in told.facts:
        texts = [each.text.zh, each.text.en] if language is Language.BOTH else [getattr(each.text, language)]
        lines.append(f"{each.at}  {key}  {texts[0]}\n")
        lines += [f"{'':<{len(each.at)}}  {'':<{len(key)}}  {text}\n" for text in texts[1:]]
    if told.next is not None:
        lines.append(f"--after {told.next}\n")
    return lines or ["没有这样的事实 no such facts\n"]
