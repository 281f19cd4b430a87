"""`holdfast webhooks list`, `deliveries`, `waiting`: how endpoints stand, what was attempted, what waits."""

import sys
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from holdfast.cli.documents import write_json
from holdfast.cli.places import AsJson, Data, Url
from holdfast.cli.problems import answering
from holdfast.cli.reading import Schema, opened
from holdfast.cli.show_pages import After
from holdfast.kernel.clock import Instant, iso
from holdfast.webhooks.model import BodyForm, WebhookEndpoint

if TYPE_CHECKING:
    from holdfast.delivering.history import Attempt, Stands, Waits
    from holdfast.postgres.home import Postgres

_READ = "Nothing was changed."
_MOST = 200

Id = Annotated[str, typer.Argument(metavar="ENDPOINT", help="Its id", show_default=False)]
Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, max=_MOST, help="How many")]
Which = Annotated[
    str | None,
    typer.Option("--fate", metavar="FATE", help="Only delivered, failed or given_up", show_default=False),
]


class Shown(msgspec.Struct, frozen=True):
    """An endpoint as it is shown. Times are in UTC."""

    id: str
    merchant_id: str | None
    url: str
    kinds: tuple[str, ...]
    form: BodyForm
    state: str
    why: str | None
    waiting: int
    behind_from: int | None
    failing_since: str | None
    delivered_at: str | None


def list_(
    data: Data = None, database_url: Url = None, schema: Schema = None, *, as_json: AsJson = False
) -> None:
    """List the endpoints: where facts are sent to, and how they fare."""
    from holdfast.delivering.history import standing  # noqa: PLC0415 - it brings the database's driver

    with (
        answering(as_json=as_json, interrupted=_READ),
        opened(data, database_url, schema) as home,
    ):
        rows = [
            _shown(row, home.ask(partial(standing, endpoint_id=row.id))) for row in home.rows(WebhookEndpoint)
        ]
    if as_json:
        write_json({"endpoints": rows})
    else:
        _tell(rows, "没有回调地址 no endpoints\n")


def deliveries(
    endpoint: Id,
    fate: Which = None,
    after: After = None,
    limit: Limit = 50,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List the attempts to deliver to an endpoint, the newest first; they are kept for two weeks."""
    from holdfast.delivering import history  # noqa: PLC0415 - as above

    with (
        answering(as_json=as_json, interrupted=_READ),
        opened(data, database_url, schema) as home,
    ):
        _need(home, endpoint)
        which = history.fate_of(fate)
        page = home.ask(partial(history.attempts, endpoint_id=endpoint, place=after, limit=limit, fate=which))
    if as_json:
        write_json({"attempts": [_told(each) for each in page.items], "next": page.next})
    else:
        _tell_page(map(_attempt_line, page.items), page.next, "没有投递记录 no attempts\n")


def waiting(
    endpoint: Id,
    after: After = None,
    limit: Limit = 50,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List what waits for an endpoint: to be tried again, or for the one before it about the same."""
    from holdfast.delivering import history  # noqa: PLC0415 - as above

    with (
        answering(as_json=as_json, interrupted=_READ),
        opened(data, database_url, schema) as home,
    ):
        _need(home, endpoint)
        page = home.ask(partial(history.waiting, endpoint_id=endpoint, place=after, limit=limit))
    if as_json:
        write_json({"waiting": [_told(each) for each in page.items], "next": page.next})
    else:
        _tell_page(map(_waiting_line, page.items), page.next, "没有待投递的消息 nothing waits\n")


def _need(home: "Postgres", endpoint_id: str) -> None:
    from holdfast.kernel.refusal import NotFound  # noqa: PLC0415 - as above

    if home.row(WebhookEndpoint, endpoint_id) is None:
        raise NotFound(f"endpoint:{endpoint_id}", kind=WebhookEndpoint.called)


def _time(at: Instant | None) -> str | None:
    return None if at is None else iso(at)


def _shown(row: WebhookEndpoint, stands: "Stands") -> Shown:
    return Shown(
        id=row.id,
        merchant_id=row.merchant_id,
        url=row.url,
        kinds=row.kinds,
        form=row.form,
        state=row.state.value,
        why=None if row.why is None else row.why.value,
        waiting=stands.waiting,
        behind_from=stands.behind_from,
        failing_since=_time(stands.failing_since),
        delivered_at=_time(stands.delivered_at),
    )


def _told(each: "Attempt | Waits") -> dict[str, Any]:
    from holdfast.telling.documents import document  # noqa: PLC0415 - as above

    return document(each)


def _tell(rows: Iterable[Shown], nothing: str) -> None:
    lines = [
        f"{row.id}  {row.state}{'' if row.why is None else f' ({row.why})'}  {row.url}  "
        f"waiting {row.waiting:,}"
        + ("" if row.failing_since is None else f"  failing since {row.failing_since}")
        + ("" if row.behind_from is None else f"  behind from position {row.behind_from:,}")
        + "\n"
        for row in rows
    ]
    sys.stdout.writelines(lines or [nothing])


def _tell_page(lines: Iterable[str], following: str | None, nothing: str) -> None:
    found = [*lines]
    if following is not None:
        found.append(f"--after {following}\n")
    sys.stdout.writelines(found or [nothing])


def _attempt_line(each: "Attempt") -> str:
    answer = each.error if each.status is None else str(each.status)
    again = "" if each.again_at is None else f"  again {iso(each.again_at)}"
    return (
        f"{iso(each.at)}  {each.fate}  {answer}  {each.took_ms} ms  {each.kind} {each.fact_id}"
        f"  attempt {each.number}{again}\n"
    )


def _waiting_line(each: "Waits") -> str:
    return f"{each.position:,}  {each.fact_id}  {each.line}  attempts {each.attempts}  due {iso(each.due)}\n"
