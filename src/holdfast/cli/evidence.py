"""`holdfast evidence`: record files as evidence, and hand them over in packages that verify without us."""

import errno
import os
import re
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import msgspec
import typer

from holdfast.cli.documents import write_json
from holdfast.cli.places import AsJson, Data, Url
from holdfast.cli.problems import CommandRefused, answering
from holdfast.cli.progress import bars
from holdfast.cli.reading import Schema, opened, wired
from holdfast.evidence.model import CustodyAction, RecordCustody, RecordEvidence
from holdfast.kernel.clock import Instant, SystemClock, iso, parse
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.rows import Command, Fact
from holdfast.kernel.sorts import Sort
from holdfast.kernel.system_errors import SaidError
from holdfast.kernel.text import Text, same
from holdfast.trail.folder import Folder

if TYPE_CHECKING:
    from holdfast.engine.home import Lane
    from holdfast.packing.package import Packed, Proofs

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Evidence: record files by their hashes, hand them over."
)

_OWN_SERVER = Path("holdfast-data")
_FOLDER = "evidence"
_ZONE = re.compile(r"T.*(Z|[+-]\d\d:?\d\d)$", re.IGNORECASE)

File = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, show_default=False)]
Order = Annotated[str | None, typer.Option("--order", metavar="ID", help="The order it is about")]
Merchant = Annotated[str | None, typer.Option("--merchant", metavar="ID", help="The merchant it is about")]
Claim = Annotated[str | None, typer.Option("--claim", metavar="ID", help="The claim it is about")]
Source = Annotated[
    str, typer.Option("--source", help="Where the file comes from, in a line", show_default=False)
]
Device = Annotated[str, typer.Option("--device", help="What it was captured with", show_default=False)]
CapturedAt = Annotated[
    str,
    typer.Option(
        "--captured-at",
        metavar="ISO",
        help="When, with its zone: 2026-11-23T09:30:00+08:00",
        show_default=False,
    ),
]
Operator = Annotated[str, typer.Option("--operator", help="Who captured it", show_default=False)]
Store = Annotated[
    Path | None,
    typer.Option(
        "--evidence",
        metavar="DIR",
        help="Where the files are kept; else the folder evidence in --data, or in ./holdfast-data where the "
        "server is your own",
        show_default=False,
    ),
]
About = Annotated[
    str, typer.Argument(metavar="SUBJECT", help="order:ID, merchant:ID or claim:ID", show_default=False)
]
Out = Annotated[
    Path, typer.Option("--out", metavar="DIR|FILE.zip", help="Never overwritten", show_default=False)
]
Tsa = Annotated[
    str | None,
    typer.Option(
        "--tsa", metavar="URL", help="Ask this authority for a timestamp (RFC 3161)", show_default=False
    ),
]
Trail = Annotated[
    Path | None,
    typer.Option("--trail", metavar="DIR", help="The log's folder, for the receipts", show_default=False),
]


_Source = tuple[Path | None, str | None, str | None]
"""Where the database is: the embedded server's folder, an address, a schema."""


class BadCaptureTime(Refusal):
    """A time on the command line cannot be read, or lacks its time zone."""

    code = "bad_capture_time"
    sort = Sort.MALFORMED
    what = same("{text!r} {reason}")
    fix = Text(
        "请按 ISO 8601 书写并带时区：2026-11-23T09:30:00+08:00",
        "Write it as in ISO 8601, with its zone: 2026-11-23T09:30:00+08:00",
    )


@app.command()
def add(
    file: File,
    source: Source,
    device: Device,
    captured_at: CapturedAt,
    operator: Operator,
    order: Order = None,
    merchant: Merchant = None,
    claim: Claim = None,
    trail: Trail = None,
    store: Store = None,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Keep FILE under its hash, and record it for one order, merchant or claim.

    With --trail, the log promises at once that the fact will stand in it: FACT.promise, in this folder.
    """
    with answering(as_json=as_json, interrupted="The file may be kept; it was not recorded."):
        words = {"source": source, "device": device, "operator": operator, "captured_at": captured_at}
        about = {"order_id": order, "merchant_id": merchant, "claim_id": claim}
        recorded = _add(file, {**words, **about}, store, trail, (data, database_url, schema))
    _answer(recorded.document("captured_at", as_json=as_json), as_json=as_json)


@app.command()
def custody(
    evidence_id: Annotated[
        str,
        typer.Argument(metavar="EVIDENCE", help="The id that `add` answered with", show_default=False),
    ],
    action: Annotated[CustodyAction, typer.Option("--action", help="What was done", show_default=False)],
    operator: Annotated[str, typer.Option("--operator", help="Who did it", show_default=False)],
    device: Annotated[str, typer.Option("--device", help="With what, or where", show_default=False)],
    at: Annotated[str, typer.Option("--at", metavar="ISO", help="When", show_default=False)],
    note: Annotated[str, typer.Option("--note", help="More of it, in a line")] = "",
    trail: Trail = None,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Record an act on a piece of evidence, so that nobody had it unseen.

    With --trail, the log promises at once that the fact will stand in it: FACT.promise, in this folder.
    """
    with answering(
        as_json=as_json, interrupted="Either it was recorded, or it was not: look into its order."
    ):
        command = RecordCustody(
            evidence_id=evidence_id,
            action=action,
            operator=operator,
            device=device,
            occurred_at=_time("--at", at),
            note=note,
        )
        with _lane((data, database_url, schema), trail) as lane:
            recorded = _run(lane, command)
    _answer(recorded.document("occurred_at", as_json=as_json), as_json=as_json)


@app.command()
def pack(
    subject: About,
    out: Out,
    tsa: Tsa = None,
    trail: Trail = None,
    store: Store = None,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Write the records of SUBJECT into a package: facts, files, custody, receipts, and a cover to read."""
    with (
        answering(as_json=as_json, interrupted="No package was written."),
        bars(quiet=False, doing="打包 packing"),
    ):
        packed = _pack(subject, out, tsa, trail, store, (data, database_url, schema))
    found = packed._asdict()
    findings = found.pop("findings")
    if as_json:
        found["findings"] = [each._asdict() for each in findings]
    _answer({**found, "path": str(packed.path)}, as_json=as_json)
    if not as_json:
        for each in findings:
            sys.stdout.write(f"{'✓' if each.proven else '?'} {each.zh}\n  {each.en}\n")


def policy_of(trail: Path | None) -> bytes | None:
    """Return the trust policy of a log's folder; None where no log is named, or it has none."""
    if trail is None or not (path := trail / "policy").is_file():
        return None
    return path.read_bytes()


class _Recorded(NamedTuple):
    """A fact that was recorded, and the file of its promise where a log promised it."""

    fact: Fact
    promise: str | None

    def document(self, time: str, *, as_json: bool) -> dict[str, Any]:
        """Return the answer of the command; the field `time` is written out for people."""
        body = msgspec.structs.asdict(self.fact.body)
        if not as_json:
            body[time] = iso(body[time])
        return {"fact": self.fact.id, **body, "promise": self.promise}


def _add(
    file: Path,
    fields: dict[str, Any],
    store: Path | None,
    trail: Path | None,
    source: _Source,
) -> _Recorded:
    from holdfast.packing.blobs import Blobs  # noqa: PLC0415

    fields["captured_at"] = _time("--captured-at", fields["captured_at"])
    with _lane(source, trail) as lane:
        blob = Blobs(_store(store, source)).keep(file)
        command = RecordEvidence(
            **fields,
            sha256=blob.digests.sha256,
            sm3=blob.digests.sm3,
            size_bytes=blob.digests.size,
            media_type=blob.kind.media_type,
        )
        return _run(lane, command)


def _time(option: str, text: str) -> Instant:
    try:
        found = parse(text)
    except (ValueError, OverflowError) as error:
        raise BadCaptureTime(option, text=text[:80], reason=Text("不是时间", "is no time")) from error
    if not _ZONE.search(text):
        raise BadCaptureTime(
            option, text=text[:80], reason=Text("没有写明时区", "does not say of which zone it is")
        )
    return found


def _run(lane: "Lane", command: Command) -> _Recorded:
    """Run a command that makes one fact, and put its promise into this folder.

    Raises:
        CommandRefused: the engine refused it.
    """
    from holdfast.engine.execution import Submission  # noqa: PLC0415 - it takes 0.3 s to import
    from holdfast.kernel.actor import TERMINAL  # noqa: PLC0415 - as above

    [outcome] = lane.run([Submission(command, SystemClock().now(), None, TERMINAL)])
    if outcome.refusal is not None:
        raise CommandRefused(outcome.refusal)
    [fact] = outcome.facts
    if outcome.promise is None:
        return _Recorded(fact, None)
    name = f"{fact.id}.promise"
    Folder(Path()).write(name, outcome.promise)
    return _Recorded(fact, name)


@contextmanager
def _lane(source: _Source, trail: Path | None) -> "Generator[Lane]":
    """Open the database's home; where a log is named, it promises the facts that are recorded."""
    from holdfast.postgres.line import Line  # noqa: PLC0415 - they bring the database's driver
    from holdfast.postgres.wire import open_wire  # noqa: PLC0415
    from holdfast.publishing import place  # noqa: PLC0415
    from holdfast.publishing.follower import check_log  # noqa: PLC0415
    from holdfast.publishing.promises import Promiser, Promising  # noqa: PLC0415
    from holdfast.server import database  # noqa: PLC0415

    where = None if trail is None else place.load(trail)
    with opened(*source) as home:
        if where is None:
            yield home
            return
        if not os.access(Path(), os.W_OK):
            told = Text(
                "承诺无法写在这里；没有登记", "the promise cannot be written here; nothing was recorded"
            )
            raise SaidError(told, ".", errno.EACCES)
        data, url, schema = source
        line = Line(partial(open_wire, database.database_url(data, url, start=False), schema))
        with closing(line):
            line.read(lambda connection: check_log(connection, where.signer.verifier))
            yield Promising(home, line, Promiser(where), SystemClock())


def _pack(
    subject: str,
    out: Path,
    tsa: str | None,
    trail: Path | None,
    store: Path | None,
    source: _Source,
) -> "Packed":
    from holdfast.packing import package  # noqa: PLC0415
    from holdfast.packing.blobs import Blobs  # noqa: PLC0415
    from holdfast.packing.subject import parse as parse_subject  # noqa: PLC0415
    from holdfast.packing.timestamps import by_http  # noqa: PLC0415

    about = parse_subject(subject)
    ask = None if tsa is None else by_http(tsa)
    with opened(*source) as home, _proofs(trail, source) as proofs:
        sources = package.Sources(Blobs(_store(store, source)), proofs, policy_of(trail), ask)
        return package.write(home, about, out, sources, SystemClock().now())


@contextmanager
def _proofs(trail: Path | None, source: _Source) -> "Generator[Proofs | None]":
    """Open the receipts of the database's facts; None where no log is named."""
    from holdfast.publishing import place  # noqa: PLC0415
    from holdfast.publishing.follower import check_log  # noqa: PLC0415
    from holdfast.publishing.receipts import Published, Receipts  # noqa: PLC0415

    if trail is None:
        yield None
        return
    where = place.load(trail)
    published = Published(where.store(), where.trust)
    with wired(*source) as connection:
        check_log(connection, where.signer.verifier)
        yield Receipts(connection, published)


def _store(store: Path | None, source: _Source) -> Path:
    """Return the folder of the files."""
    if store is not None:
        return store
    from holdfast.server import database  # noqa: PLC0415

    data, url, _ = source
    where = database.locate(data, url)
    return (where.data if isinstance(where, database.Embedded) else _OWN_SERVER) / _FOLDER


def _answer(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        write_json(found)
        return
    known = {name.replace("_", " "): value for name, value in found.items() if value is not None}
    width = max(map(len, known))
    sys.stdout.writelines(f"{name:<{width}}  {value}\n" for name, value in known.items())
