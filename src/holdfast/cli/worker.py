"""`holdfast worker`: deadlines happen, facts are sent out, the log goes on, the provider is asked."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holdfast.cli.documents import write_json
from holdfast.cli.ending import until_told
from holdfast.cli.networks import WebhookNetworks, reach
from holdfast.cli.places import AsJson, Data, Url
from holdfast.cli.problems import answering
from holdfast.cli.reading import Schema, at_work
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

if TYPE_CHECKING:
    from holdfast.publishing.worker import Worker as LogWorker

SANDBOX = "sandbox"

Log = Annotated[
    Path | None,
    typer.Option("--log", metavar="LOG", help="Keep this log of facts going, too", show_default=False),
]
Provider = Annotated[
    str | None,
    typer.Option(
        "--provider",
        metavar="NAME",
        help="Ask this payment provider: sandbox says at once that all it is asked has happened (for trials)",
        show_default=False,
    ),
]
Once = Annotated[bool, typer.Option("--once", help="Do all that is due, and end")]


class UnknownProvider(Refusal):
    """No provider of this name is known."""

    code = "unknown_provider"
    sort = Sort.MALFORMED
    what = Text("没有名为 {name!r} 的支付机构", "no provider is called {name!r}")
    fix = Text(
        "请写 --provider sandbox，或不写：没有支付机构时到期事项照常办理",
        "Write --provider sandbox, or leave it out: deadlines happen without one",
    )


def worker(
    log: Log = None,
    provider: Provider = None,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    webhook_network: WebhookNetworks = None,
    *,
    once: Once = False,
    as_json: AsJson = False,
) -> None:
    """Let deadlines happen, send facts to webhooks, keep the log, ask the provider; several may run.

    It is stopped by Ctrl-C or SIGTERM: a slice that has begun is finished. If it ends in any other way, at
    any instant, it leaves nothing half done: another one goes on.
    """
    from holdfast.worker import job, running  # noqa: PLC0415 - they bring the database's driver

    with answering(as_json=as_json, interrupted="What was done is done; the next worker goes on."):
        if provider not in {None, SANDBOX}:
            raise UnknownProvider("--provider", name=provider)
        allowed = reach(webhook_network)
        with at_work(data, database_url, schema) as (url, guard):
            jobs = running.jobs_of(url, schema, guard, provider, allowed)
            keeper = None if log is None else _log(log, url, schema)
            if once:
                done = job.do_all(jobs)
                if keeper is not None:
                    done[running.LOG] = keeper.once().published
            else:
                _say("worker", "runs; Ctrl-C ends it")
                done = running.run(jobs, keeper, until_told(), _say)
    if as_json:
        write_json({"done": done})
    else:
        sys.stdout.writelines(f"{name}: {count:,} done\n" for name, count in done.items())


def _log(folder: Path, url: str, schema: str | None) -> "LogWorker":
    from holdfast.publishing import place  # noqa: PLC0415 - as above
    from holdfast.publishing.worker import Worker as LogWorker  # noqa: PLC0415
    from holdfast.worker.running import LOG  # noqa: PLC0415

    return LogWorker(place.load(folder), url, schema, partial(_say, LOG))


def _say(name: str, text: str) -> None:
    sys.stderr.write(f"{name}: {text}\n")
    sys.stderr.flush()
