"""`holdfast webhooks`: endpoints that facts are sent to, their keys, and what became of each attempt."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from holdfast.cli import webhook_pages
from holdfast.cli.documents import write_json
from holdfast.cli.places import AsJson, Data, Url
from holdfast.cli.problems import answering
from holdfast.cli.reading import Schema, opened
from holdfast.cli.show_pages import TimeUnreadable
from holdfast.kernel.actor import TERMINAL
from holdfast.kernel.clock import Instant, SystemClock, parse
from holdfast.webhooks.model import (
    BodyForm,
    ChangeEndpoint,
    DisableEndpoint,
    EnableEndpoint,
    EndpointKeys,
    RegisterEndpoint,
    RemoveEndpoint,
    ReplayDeliveries,
    RotateSecret,
    Scheme,
    TryEndpoint,
)

if TYPE_CHECKING:
    from holdfast.kernel.rows import Command, Fact
    from holdfast.postgres.home import Postgres

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Endpoints that facts are sent to: add, list, change, sign, send again, and what became of it.",
)

for _page in (webhook_pages.list_, webhook_pages.deliveries, webhook_pages.waiting):
    app.command(_page.__name__.removesuffix("_"))(_page)

_INTERRUPTED = "It was recorded, or not at all: see `holdfast webhooks list`."

Id = Annotated[str, typer.Argument(metavar="ENDPOINT", help="Its id", show_default=False)]
Address = Annotated[str, typer.Argument(metavar="URL", help="https://HOST/PATH", show_default=False)]
Merchant = Annotated[
    str | None,
    typer.Option("--merchant", metavar="ID", help="Only facts about this merchant", show_default=False),
]
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        metavar="NAME",
        help="Only facts of this kind; once for each  [default: all]",
        show_default=False,
    ),
]
Form = Annotated[BodyForm, typer.Option("--form", help="The form of what is sent")]
Signed = Annotated[
    list[Scheme], typer.Option("--sign", help="How it is signed; once for each", show_default=True)
]
OneScheme = Annotated[Scheme, typer.Option("--sign", help="Of which scheme the new key is")]
Grace = Annotated[int, typer.Option("--grace-hours", metavar="N", help="The old key signs for so long, too")]
NewUrl = Annotated[
    str | None, typer.Option("--url", metavar="URL", help="Its address from now on", show_default=False)
]
AllKinds = Annotated[bool, typer.Option("--all-kinds", help="Facts of all kinds from now on")]
NewForm = Annotated[BodyForm | None, typer.Option("--form", help="The form from now on", show_default=False)]
Position = Annotated[
    int | None,
    typer.Option("--position", metavar="N", help="All from this position of the feed on", show_default=False),
]
Since = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="All since this time", show_default=False)
]
OneMessage = Annotated[
    str | None, typer.Option("--message", metavar="FACT", help="This fact alone", show_default=False)
]


class Made(msgspec.Struct, frozen=True):
    """What was recorded, and the keys that were made: they are shown once."""

    fact: str
    endpoint: str
    secrets: tuple[str, ...]


@app.command()
def add(
    endpoint: Id,
    url: Address,
    merchant: Merchant = None,
    kind: Kinds = None,
    form: Form = BodyForm.STANDARD,
    sign: Signed = [Scheme.HMAC],  # noqa: B006 - how typer is told a default
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Send facts to this address from now on, and show its keys: once, so keep them."""
    command = RegisterEndpoint(
        endpoint_id=endpoint,
        url=url,
        merchant_id=merchant,
        kinds=tuple(kind or ()),
        form=form,
        schemes=tuple(sign),
    )
    with (
        answering(as_json=as_json, interrupted=_INTERRUPTED),
        opened(data, database_url, schema) as home,
    ):
        fact = _asked(home, command)
        made = Made(fact.id, endpoint, _shown_keys(home, endpoint))
    _tell_made(made, as_json=as_json)


@app.command()
def rotate(
    endpoint: Id,
    sign: OneScheme = Scheme.HMAC,
    grace_hours: Grace = 24,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Make a new key, and show it: once. The old one signs beside it until its time is over."""
    with (
        answering(as_json=as_json, interrupted=_INTERRUPTED),
        opened(data, database_url, schema) as home,
    ):
        command = RotateSecret(endpoint_id=endpoint, scheme=sign, grace_hours=grace_hours)
        fact = _asked(home, command)
        made = Made(fact.id, endpoint, _shown_keys(home, endpoint)[-1:])
    _tell_made(made, as_json=as_json)


@app.command()
def change(
    endpoint: Id,
    url: NewUrl = None,
    kind: Kinds = None,
    form: NewForm = None,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    all_kinds: AllKinds = False,
    as_json: AsJson = False,
) -> None:
    """Send to another address, other kinds of facts, or in another form; what is not named stays."""
    kinds = () if all_kinds else tuple(kind) if kind else None
    command = ChangeEndpoint(endpoint_id=endpoint, url=url, kinds=kinds, form=form)
    _run(command, data, database_url, schema, as_json=as_json)


@app.command()
def enable(
    endpoint: Id,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Send to a disabled endpoint again, first what happened meanwhile."""
    _run(EnableEndpoint(endpoint_id=endpoint), data, database_url, schema, as_json=as_json)


@app.command()
def disable(
    endpoint: Id,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Send nothing to an endpoint until it is enabled; what happens meanwhile waits for it."""
    _run(DisableEndpoint(endpoint_id=endpoint), data, database_url, schema, as_json=as_json)


@app.command()
def remove(
    endpoint: Id,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Send nothing to an endpoint any more, and forget its keys. Nothing undoes it."""
    _run(RemoveEndpoint(endpoint_id=endpoint), data, database_url, schema, as_json=as_json)


@app.command("try")
def try_(
    endpoint: Id,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Have a fact sent to an endpoint at once, whatever it wants; `deliveries` says what became of it."""
    _run(TryEndpoint(endpoint_id=endpoint), data, database_url, schema, as_json=as_json)


@app.command()
def replay(
    endpoint: Id,
    position: Position = None,
    since: Since = None,
    message: OneMessage = None,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Send facts again, under the ids that they had: from a position, since a time, or one of them."""
    with answering(as_json=as_json, interrupted=_INTERRUPTED):
        command = ReplayDeliveries(
            endpoint_id=endpoint, from_position=position, since=_instant(since), message=message
        )
    _run(command, data, database_url, schema, as_json=as_json)


def _run(command: "Command", data: Any, url: str | None, schema: str | None, *, as_json: bool) -> None:
    with answering(as_json=as_json, interrupted=_INTERRUPTED), opened(data, url, schema) as home:
        fact = _asked(home, command)
    if as_json:
        write_json({"fact": fact.id, "kind": fact.kind})
    else:
        sys.stdout.write(f"{fact.kind} {fact.id}\n")


def _asked(home: "Postgres", command: "Command") -> "Fact":
    from holdfast.engine.execution import Submission, require_accepted  # noqa: PLC0415 - as above

    [outcome] = home.run([Submission(command, SystemClock().now(), None, TERMINAL)])
    require_accepted(outcome)
    return outcome.facts[0]


def _shown_keys(home: "Postgres", endpoint_id: str) -> tuple[str, ...]:
    from holdfast.delivering.signing import shown  # noqa: PLC0415 - as above

    row = home.row(EndpointKeys, endpoint_id)
    return () if row is None else tuple(shown(key) for key in row.keys)


def _instant(text: str | None) -> Instant | None:
    if text is None:
        return None
    try:
        return parse(text)
    except ValueError as error:
        raise TimeUnreadable("--since", text=text[:100]) from error


def _tell_made(made: Made, *, as_json: bool) -> None:
    if as_json:
        write_json(made)
        return
    sys.stdout.writelines(f"{secret}\n" for secret in made.secrets)
    sys.stderr.write("密钥仅此一次显示，请妥善保存 The keys are shown this once: keep them.\n")
