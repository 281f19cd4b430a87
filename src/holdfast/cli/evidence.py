"""`holdfast evidence`: record files as evidence, and hand them over in packages that verify without us."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from holdfast.cli.db import AsJson, Data, Url
from holdfast.cli.problems import answering
from holdfast.cli.reading import opened
from holdfast.engine.execution import Submission
from holdfast.engine.home import Home
from holdfast.kernel.clock import SystemClock, parse
from holdfast.kernel.refusal import Refusal
from holdfast.postgres import server

if TYPE_CHECKING:
    from holdfast.evidence.model import EvidenceRecorded
    from holdfast.packing.package import Packed, Proofs

app = typer.Typer(no_args_is_help=True, help="Evidence: record files by their hashes, hand them over.")

_OWN_SERVER = Path("holdfast-data")
_FOLDER = "evidence"

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
        help="When, as 2026-11-23T09:30:00+08:00; else UTC",
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


class RecordingRefused(Refusal):
    """The engine refused to record a file that was kept."""

    code = "recording_refused"
    what = "{what} [{inner}]"
    fix = "{fix}"


class BadCaptureTime(Refusal):
    """A time on the command line is none."""

    code = "bad_capture_time"
    what = "{text!r} is no time"
    fix = "Write it as in ISO 8601: 2026-11-23T09:30:00+08:00"


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
    store: Store = None,
    data: Data = None,
    database_url: Url = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Keep FILE under its hash, and record it for one order, merchant or claim."""
    with answering(as_json=as_json, interrupted="The file may be kept; it was not recorded."):
        words = {"source": source, "device": device, "operator": operator, "captured_at": captured_at}
        about = {"order_id": order, "merchant_id": merchant, "claim_id": claim}
        body = _add(file, {**words, **about}, store, data, database_url)
    _answer(msgspec.structs.asdict(body), as_json=as_json)


@app.command()
def pack(
    subject: About,
    out: Out,
    tsa: Tsa = None,
    trail: Trail = None,
    store: Store = None,
    data: Data = None,
    database_url: Url = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Write what is known of SUBJECT into a package: facts, files, custody, receipts, and a cover to read."""
    with answering(as_json=as_json, interrupted="No package was written."):
        packed = _pack(subject, out, tsa, trail, (store, data, database_url))
    found = packed._asdict()
    findings = found.pop("findings")
    if as_json:
        found["findings"] = [each._asdict() for each in findings]
    _answer({**found, "path": str(packed.path)}, as_json=as_json)
    if not as_json:
        for each in findings:
            sys.stdout.write(f"{'✓' if each.proven else '?'} {each.zh}\n  {each.en}\n")


def proofs_of(trail: Path | None, home: Home) -> "Proofs | None":  # noqa: ARG001 - whoever reads receipts needs it
    """Return what has the receipts of a home's facts; None where no log is named, and facts go without.

    Raises:
        ReceiptsUnavailable: a log is named, and gives none.
    """
    from holdfast.packing.refusals import ReceiptsUnavailable  # noqa: PLC0415

    if trail is None:
        return None
    raise ReceiptsUnavailable(str(trail), reason="nothing here reads them yet")


def policy_of(trail: Path | None) -> bytes | None:
    """Return the trust policy of a log's folder; None where no log is named, or it has none."""
    if trail is None or not (path := trail / "policy").is_file():
        return None
    return path.read_bytes()


def _add(
    file: Path, fields: dict[str, Any], store: Path | None, data: Path | None, url: str | None
) -> "EvidenceRecorded":
    from holdfast.evidence.model import EvidenceRecorded, RecordEvidence  # noqa: PLC0415
    from holdfast.packing.blobs import Blobs  # noqa: PLC0415

    try:
        fields["captured_at"] = parse(fields["captured_at"])
    except ValueError as error:
        raise BadCaptureTime("--captured-at", text=fields["captured_at"]) from error
    with opened(data, url, None) as home:
        blob = Blobs(_store(store, data, url)).keep(file)
        command = RecordEvidence(
            **fields,
            sha256=blob.digests.sha256,
            sm3=blob.digests.sm3,
            size_bytes=blob.digests.size,
            media_type=blob.kind.media_type,
        )
        [outcome] = home.run([Submission(command, SystemClock().now())])
    if outcome.refusal is not None:
        why = outcome.refusal
        raise RecordingRefused(why.where, what=why.what, inner=why.code, fix=why.fix)
    [body] = [fact.body for fact in outcome.facts]
    assert isinstance(body, EvidenceRecorded)
    return body


def _pack(
    subject: str,
    out: Path,
    tsa: str | None,
    trail: Path | None,
    place: tuple[Path | None, Path | None, str | None],
) -> "Packed":
    from holdfast.packing import package  # noqa: PLC0415
    from holdfast.packing.blobs import Blobs  # noqa: PLC0415
    from holdfast.packing.subject import parse as parse_subject  # noqa: PLC0415
    from holdfast.packing.timestamps import by_http  # noqa: PLC0415

    about = parse_subject(subject)
    store, data, url = place
    ask = None if tsa is None else by_http(tsa)
    with opened(data, url, None) as home:
        blobs = Blobs(_store(store, data, url))
        sources = package.Sources(blobs, proofs_of(trail, home), policy_of(trail), ask)
        return package.write(home, about, out, sources, SystemClock().now())


def _store(store: Path | None, data: Path | None, url: str | None) -> Path:
    """Return where files are kept."""
    if store is not None:
        return store
    where = server.locate(data, url)
    return (where.data if isinstance(where, server.Embedded) else _OWN_SERVER) / _FOLDER


def _answer(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")
        return
    known = {name.replace("_", " "): value for name, value in found.items() if value is not None}
    width = max(map(len, known))
    sys.stdout.writelines(f"{name:<{width}}  {value}\n" for name, value in known.items())
