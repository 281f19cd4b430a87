"""`holdfast trail`: make a log, keep it going, look at it, and export the openings of its leaves."""

import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from holdfast.cli.documents import write_json
from holdfast.cli.ending import until_told
from holdfast.cli.places import AsJson, Data, Url
from holdfast.cli.problems import answering
from holdfast.cli.progress import bars
from holdfast.cli.reading import Schema, opened, wired
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.system_errors import SaidError
from holdfast.kernel.text import Text

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="The log of all facts: make it, keep it going, look at it.",
)

_WORDS_OF_A_WITNESS = 3

Place = Annotated[Path, typer.Argument(metavar="LOG", help="The log's folder", show_default=False)]
Origin = Annotated[
    str,
    typer.Option(
        "--origin",
        metavar="NAME",
        help="The log's name, for ever: a domain of yours and a path, as example.com/holdfast",
        show_default=False,
    ),
]
Witnesses = Annotated[
    list[str] | None,
    typer.Option(
        "--witness",
        metavar="'NAME VKEY URL'",
        help="A witness: a name for it, the key that it prints, where it listens; once for each",
        show_default=False,
    ),
]
Quorum = Annotated[
    int | None,
    typer.Option(
        "--quorum",
        metavar="K",
        min=1,
        help="How many of the witnesses must have seen a head before it is out  [default: more than half]",
        show_default=False,
    ),
]
Bucket = Annotated[
    str | None,
    typer.Option(
        "--bucket",
        metavar="URL",
        help="Keep the log in object storage: s3://BUCKET/PREFIX, gs://…, az://…; its settings "
        "come from the environment (AWS_…)",
        show_default=False,
    ),
]
Once = Annotated[bool, typer.Option("--once", help="Publish the facts that wait, and end")]


class BadWitness(Refusal):
    """A witness on the command line is not written as NAME VKEY URL."""

    code = "bad_witness"
    sort = Sort.MALFORMED
    what = Text("{text!r} 不是见证人", "{text!r} is no witness")
    fix = Text(
        "请写 'NAME VKEY URL'；密钥用 `holdfast witness FOLDER --show-key` 显示",
        "Write it as 'NAME VKEY URL'; `holdfast witness FOLDER --show-key` prints the key",
    )


class BadQuorum(Refusal):
    """More witnesses are asked for than there are."""

    code = "bad_quorum"
    sort = Sort.MALFORMED
    what = Text("要求 {quorum} 个，只写了 {count} 个", "{quorum} are asked for, and {count} are named")
    fix = Text("请多写见证人，或减少要求", "Name more witnesses, or ask for fewer")


@app.command()
def init(
    folder: Place,
    origin: Origin,
    witness: Witnesses = None,
    quorum: Quorum = None,
    bucket: Bucket = None,
) -> None:
    """Make a log in an empty folder: its keys, its trust policy, and room for its files."""
    from holdfast.publishing import place  # noqa: PLC0415 - see `run`

    with answering(as_json=False, interrupted="Look into the folder before you try again."):
        lines, group = _policy(witness or [], quorum)
        made = place.make(folder, origin, tuple(lines), group, bucket)
    sys.stdout.write(
        f"the log {origin} is in {folder}\n"
        f"  {made.log if bucket is None else bucket + '/log'}  is to be served to everybody\n"
        f"  {folder / place.POLICY}  goes to whoever verifies, by another way than its receipts\n"
        f"  {folder / place.PROMISE_KEY}  likewise: the key of its promises\n"
        f"  {made.private}  is yours: keep a copy of its keys, and give it to nobody\n"
    )


def _policy(witnesses: Sequence[str], quorum: int | None) -> tuple[list[str], str | None]:
    """Return the lines of a trust policy, and the name of its quorum."""
    lines: list[str] = []
    names: list[str] = []
    for text in witnesses:
        words = text.split()
        if len(words) != _WORDS_OF_A_WITNESS:
            raise BadWitness("--witness", text=text[:200])
        lines.append(f"witness {' '.join(words)}")
        names.append(words[0])
    least = len(names) // 2 + 1 if quorum is None else quorum
    if not names and quorum is None:
        return lines, None
    if least > len(names):
        raise BadQuorum("--quorum", quorum=least, count=len(names))
    return [*lines, f"group enough {least} {' '.join(names)}"], "enough"


@app.command()
def run(
    folder: Place,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    once: Once = False,
) -> None:
    """Take the database's facts into the log and publish it, until Ctrl-C or SIGTERM.

    It stops, and signs nothing, where the database is behind the log, or a witness has seen more of it.
    """
    # They bring the database and its driver, which `init` need not wait for.
    from holdfast.publishing import place  # noqa: PLC0415
    from holdfast.publishing.worker import Worker  # noqa: PLC0415
    from holdfast.replay.homes import reporting  # noqa: PLC0415
    from holdfast.server import database  # noqa: PLC0415

    with answering(as_json=False, interrupted="What was taken is published when it runs again."):
        where = place.load(folder)
        with wired(data, database_url, schema):
            url = database.database_url(data, database_url, start=False)
        worker = Worker(where, url, schema, _say)
        if once:
            with reporting(url):
                done = worker.once()
            sys.stdout.write(f"{done.published} facts are out, {done.signed} are signed\n")
            return
        _say(f"the log {where.signer.verifier.name} runs; Ctrl-C ends it")
        worker.run(until_told())


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


@app.command()
def restart(
    folder: Place,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who decided it", show_default=False)],
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take back that it was proposed to begin anew in LOG")
    ] = False,
) -> None:
    """Begin the log anew, in LOG, which is empty: all facts of the database go into it. Nothing undoes it.

    For a database whose own log is lost, or further than the newest backup. Go on to serve the old one. As
    many people have to ask for it as the policy says: the first proposes it.
    """
    from holdfast.cli import proposed  # noqa: PLC0415 - see `run`
    from holdfast.journal.held import LogHeld  # noqa: PLC0415
    from holdfast.publishing import place  # noqa: PLC0415
    from holdfast.publishing.anew import LogKeeper  # noqa: PLC0415
    from holdfast.publishing.anew import restart as begin  # noqa: PLC0415

    with (
        answering(as_json=False, interrupted="Either all of it was done, or nothing."),
        bars(quiet=False, doing="重建日志 beginning anew"),
    ):
        where = place.load(folder)
        # Nothing undoes this: all facts go into the new log, and the old one gets no more. The fact names who
        # decided, so that whoever compares the two logs finds a reason.
        command = begin(where)
        with opened(data, database_url, schema, keepers={LogHeld: LogKeeper()}) as home:
            if withdraw:
                fact, waits = proposed.withdraw(home, command, by), None
            else:
                fact, waits = proposed.ask(home, command, by)
    if waits is not None:
        told = proposed.lines(waits, f"holdfast trail restart {folder}")
    elif withdraw:
        told = [f"the proposal to begin anew is withdrawn, as fact {fact.id}; nothing was changed"]
    else:
        told = [
            f"the facts of the database go into the log {where.signer.verifier.name}; fact {fact.id} says so",
            f"  now have its witnesses watch it, and run: holdfast trail run {folder}",
        ]
    sys.stdout.writelines(f"{line}\n" for line in told)


@app.command()
def status(
    folder: Place,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell how far the log is: recorded, sequenced, signed, and out; and who cosigned the newest head out."""
    with answering(as_json=as_json, interrupted="Nothing was changed."):
        found = _status(folder, data, database_url, schema)
    if as_json:
        write_json(found)
        return
    witnesses = found.pop("witnesses")
    shown = {**found, "cosigned_by": ", ".join(found["cosigned_by"]) or "nobody"}
    width = max(map(len, shown))
    for name, value in shown.items():
        sys.stdout.write(f"{name.replace('_', ' '):<{width}}  {'-' if value is None else value}\n")
    for one in witnesses:
        stands = "cosigns" if one["failing"] is None else f"fails since {one['since']}: {one['failing']}"
        asked = "was not asked yet" if one["asked_at"] is None else stands
        sys.stdout.write(f"{'witness':<{width}}  {one['name']} {asked}\n")


def _status(folder: Path, data: Path | None, url: str | None, schema: str | None) -> dict[str, Any]:
    from holdfast.kernel.clock import iso  # noqa: PLC0415
    from holdfast.publishing import follower, place  # noqa: PLC0415
    from holdfast.publishing.head import size_of  # noqa: PLC0415
    from holdfast.publishing.receipts import Published  # noqa: PLC0415
    from holdfast.publishing.refusals import NotSequenced  # noqa: PLC0415

    where = place.load(folder)
    try:
        out = Published(where.store(), where.trust)
    except NotSequenced:
        out = None
    with wired(data, url, schema) as connection:
        follower.check_log(connection, where.signer.verifier)
        waiting = follower.waiting(connection)
    return {
        "origin": where.signer.verifier.name,
        "recorded": waiting.recorded,
        "sequenced": waiting.sequenced,
        "signed": size_of(where.head().read()),
        "out": 0 if out is None else out.size,
        "cosigned_by": [] if out is None else out.witnesses,
        "oldest_waiting": None if waiting.oldest is None else iso(waiting.oldest),
        "witnesses": _witnesses(where.private, where.urls),
    }


def _witnesses(private: Path, names: Iterable[str]) -> list[dict[str, str | None]]:
    """Return each witness's state when it was asked last, as a running process writes it down."""
    from holdfast.kernel.clock import iso  # noqa: PLC0415 - see `run`
    from holdfast.publishing import standing  # noqa: PLC0415

    found = standing.read(private)
    stand: list[dict[str, str | None]] = []
    for name in names:
        failing = None if found is None else found.failing.get(name)
        stand.append(
            {
                "name": name,
                "asked_at": None if found is None else iso(found.at),
                "failing": None if failing is None else failing.why,
                "since": None if failing is None else iso(failing.since),
            }
        )
    return stand


@app.command()
def openings(
    folder: Place,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE.jsonl", help="Never overwritten", show_default=False)
    ],
    merchant: Annotated[
        str | None,
        typer.Option("--merchant", metavar="ID", help="Only facts about this merchant", show_default=False),
    ] = None,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
) -> None:
    """Write the openings of published leaves, one a line: for a monitor, or a regulator who may know them."""
    with (
        answering(as_json=False, interrupted="No file was written."),
        bars(quiet=False, doing="导出 writing"),
    ):
        count = _export(folder, out, merchant, (data, database_url, schema))
    sys.stdout.write(f"{count} openings are in {out}; who has them can read what the facts say\n")


def _export(
    folder: Path, out: Path, merchant: str | None, source: tuple[Path | None, str | None, str | None]
) -> int:
    from holdfast.publishing import place  # noqa: PLC0415
    from holdfast.publishing.follower import check_log  # noqa: PLC0415
    from holdfast.publishing.receipts import Published, openings_of  # noqa: PLC0415

    if out.exists():
        raise SaidError(Text("已经存在", "it is there already"), str(out))
    where = place.load(folder)
    size = Published(where.store(), where.trust).size
    count = 0
    with wired(*source) as connection, tempfile.NamedTemporaryFile(dir=out.parent, delete=False) as draft:
        try:
            check_log(connection, where.signer.verifier)
            for one in openings_of(connection, size, merchant_id=merchant):
                draft.write(one.encode() + b"\n")
                count += 1
            draft.flush()
            os.fsync(draft.fileno())
            Path(draft.name).rename(out)
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise
    return count
