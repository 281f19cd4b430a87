"""`holdfast serve`: the HTTP API over one database, with the worker in the same process."""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from holdfast.cli.documents import write_json
from holdfast.cli.networks import WebhookNetworks, reach
from holdfast.cli.places import AsJson, Data, Url
from holdfast.cli.problems import answering
from holdfast.cli.reading import Schema, at_work
from holdfast.cli.worker import SANDBOX, Provider, UnknownProvider
from holdfast.kernel.clock import SystemClock
from holdfast.kernel.ids import fresh_ids

if TYPE_CHECKING:
    from holdfast.kernel.guard import Guard

Host = Annotated[
    str, typer.Option("--host", metavar="ADDRESS", help="Where to listen; beyond this machine, --allow-host")
]
AllowHost = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-host",
        metavar="NAME",
        help="A name that others ask it by, through a proxy that ends TLS; may be said several times",
        show_default=False,
    ),
]
Port = Annotated[
    int, typer.Option("--port", metavar="N", min=0, max=65_535, help="The port; 0 takes one that is free")
]
PolicyName = Annotated[
    str,
    typer.Option(
        "--policy",
        metavar="POLICY",
        help="Brought into force where none is yet: full, covered(0.99), or a .toml file",
    ),
]
NoWorker = Annotated[
    bool, typer.Option("--no-worker", help="Leave what is due to `holdfast worker`, in a process of its own")
]

_LISTING = {"title": "Kettle 电水壶", "text": "1.7 l, steel 不锈钢", "price_minor": 12_900}
_TRIED: Sequence[tuple[str, dict[str, object]]] = (
    ("merchants", {"merchant_id": "shop1", "name": "Kettles", "currency": "CNY", "owner_ids": ["zhou"]}),
    ("consumers", {"consumer_id": "anna", "currency": "CNY"}),
    (
        "orders",
        {
            "order_id": "shop1~1001",
            "merchant_id": "shop1",
            "consumer_id": "anna",
            "currency": "CNY",
            "amount_minor": 12_900,
            "listing": _LISTING,
        },
    ),
)
"""What the three lines that are printed ask for: a merchant, a consumer, an order."""


_ISSUED = "holdfast access issue marketplace --label shop --by NAME"


class Served(msgspec.Struct, frozen=True):
    """Where the service is, and which version of the policy is in force."""

    address: str
    policy: str


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8080,
    policy: PolicyName = "full",
    provider: Provider = None,
    allow_host: AllowHost = None,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    webhook_network: WebhookNetworks = None,
    *,
    no_worker: NoWorker = False,
    as_json: AsJson = False,
) -> None:
    """Serve the HTTP API on this machine, and let what is due happen: until it is stopped.

    The embedded database is made and started where it does not run. It is stopped by Ctrl-C or SIGTERM: what
    was taken is answered first. Ended in whatever way, it loses nothing that it has acknowledged.
    """
    from holdfast.service import running  # noqa: PLC0415 - it brings the web server, 1 s to import
    from holdfast.service.service import LIMITS  # noqa: PLC0415 - as above
    from holdfast.worker.running import jobs_of  # noqa: PLC0415 - as above

    with answering(as_json=as_json, interrupted="What was acknowledged is kept."):
        if provider not in {None, SANDBOX}:
            raise UnknownProvider("--provider", name=provider)
        hosts = frozenset(each.lower() for each in allow_host or ())
        place = running.address(host, port, named=bool(hosts))
        allowed = reach(webhook_network)
        _make(data, database_url)
        with at_work(data, database_url, schema) as (url, guard):
            served = Served(str(place), _in_force(url, schema, guard, policy))
            jobs = [] if no_worker else jobs_of(url, schema, guard, provider, allowed)
            asyncio.run(
                running.serve(
                    url,
                    schema,
                    guard,
                    place,
                    jobs,
                    partial(_tell, served, as_json=as_json),
                    LIMITS._replace(hosts=hosts),
                )
            )


def _make(data: Path | None, database_url: str | None) -> None:
    """Start the embedded server, and give an empty database its schema; another stays as it is."""
    from holdfast.postgres.compatibility import SchemaState, schema_state  # noqa: PLC0415 - as above
    from holdfast.postgres.connection import connect  # noqa: PLC0415
    from holdfast.postgres.migrate import migrate  # noqa: PLC0415
    from holdfast.server import database  # noqa: PLC0415

    if not isinstance(database.locate(data, database_url), database.Embedded):
        return
    url = database.start(data, database_url, say=partial(_say, "database"))
    with connect(url) as connection:
        empty = schema_state(connection) is SchemaState.EMPTY
    if empty:
        migrate(url)


def _in_force(url: str, schema: str | None, guard: "Guard", policy: str) -> str:
    """Return the version of the policy that is in force; where none is, bring one into force."""
    from holdfast.policy.model import IN_FORCE, InForce  # noqa: PLC0415 - as above
    from holdfast.policy_files.reading import named  # noqa: PLC0415
    from holdfast.postgres.home import Postgres  # noqa: PLC0415

    with closing(Postgres(url, schema, fresh_ids(), guard=guard)) as home:
        row = home.row(InForce, IN_FORCE)
        if row is not None:
            return row.version
        chosen = named(policy)
        home.adopt(chosen, SystemClock().now())
    _say("policy", f"{chosen.version} is in force from now on")
    return chosen.version


def _tell(served: Served, *, as_json: bool) -> None:
    if as_json:
        write_json(served)
    else:
        lines = [f"{served.address}\n", f"KEY=...  # {_ISSUED}\n", *_curls(served.address)]
        sys.stdout.writelines(lines)
    sys.stdout.flush()
    _say("serve", f"runs; its operations: {served.address}/v1/docs; Ctrl-C ends it")


def _curls(address: str) -> list[str]:
    """Return three lines that work, and again: under its idempotency key each is answered as before."""
    return [
        f'curl -s {address}/v1/{path} -H "Authorization: Bearer $KEY"'
        f" -H 'Content-Type: application/json' -H 'Idempotency-Key: try-{path}'"
        f" -d '{msgspec.json.encode(body).decode()}'\n"
        for path, body in _TRIED
    ]


def _say(name: str, text: str) -> None:
    sys.stderr.write(f"{name}: {text}\n")
    sys.stderr.flush()
