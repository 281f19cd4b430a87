"""Writing a package of evidence, atomically: it is complete and passes its own verifier, or is not there."""

import json
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from holdfast.engine.home import Home
from holdfast.evidence.model import EvidenceRecorded
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Fact
from holdfast.packing import bagging, cover
from holdfast.packing.bagging import Bag
from holdfast.packing.blobs import Blobs
from holdfast.packing.refusals import PackageThere
from holdfast.packing.subject import Subject, facts_of
from holdfast.packing.timestamps import Ask, stamp
from holdfast.publishing.refusals import Erased
from holdfast.trail import timestamp
from holdfast.trail.bag import checking
from holdfast.trail.bag import names as bag_names
from holdfast.trail.bag.facts import custody_file, custody_line
from holdfast.trail.bag.media import ending_of
from holdfast.trail.findings import Finding
from holdfast.trail.folder import to_disk
from holdfast.trail.opening import canonical
from holdfast.trail.timestamp import Stamp


class Proofs(Protocol):
    """The source of receipts of facts."""

    def of(self, fact_id: str) -> tuple[bytes, bytes] | None:
        """Return a fact's receipt (c2sp.org/tlog-proof) and its opening; None where it has none yet."""
        ...


class Sources(NamedTuple):
    """What a package is made from, beside the facts.

    `policy` is the trust policy that goes with it (c2sp.org/tlog-policy), `ask` asks an authority.
    """

    blobs: Blobs
    proofs: Proofs | None = None
    policy: bytes | None = None
    ask: Ask | None = None


class Packed(NamedTuple):
    """A package that was written, and what its own verifier finds in it, believing the policy inside."""

    path: Path
    facts: int
    received: int
    evidence: int
    stamped: bool
    findings: list[Finding]


def write(home: Home, subject: Subject, out: Path, sources: Sources, now: Instant) -> Packed:
    """Write a package about a subject, as a folder, or as a .zip where `out` ends so.

    Raises:
        PackageThere: something is at `out`.
        NotFound, NothingToPack: nothing is about the subject.
        PackageTooLarge: it would be more than is verified.
        BlobMissing, BlobDamaged: a file that was recorded is not there as it was.
        TsaUnreachable, BadTimestamp, TimestampOfOther, TimestampBackDated: no good timestamp came.
        Refusal: a receipt or opening of `proofs` is wrong, as `trail.bag.checking` finds it.
        OSError: it cannot be written; nothing is left behind.
    """
    if out.exists() or out.is_symlink():
        raise PackageThere(str(out))
    facts = facts_of(home, subject)
    place = out.absolute().parent
    place.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=place, prefix=".evidence-", suffix=".part"))
    try:
        made = Bag(draft / "bag")
        made.folder.mkdir(mode=0o755)
        received = _fill(made, subject, facts, sources, now)
        ready = made.folder
        if out.suffix.lower() == ".zip":
            ready = draft / "bag.zip"
            bagging.zipped(made.folder, made.measured, ready, f"evidence-{subject.kind}", now)
        findings = checking.check(ready, None)
        ready.rename(out)
        to_disk(place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    evidence = len(bag_names.evidence_in(made.measured))
    return Packed(out, len(facts), received, evidence, sources.ask is not None, findings)


def _fill(made: Bag, subject: Subject, facts: Sequence[Fact], sources: Sources, now: Instant) -> int:
    """Write everything; return how many facts have receipts."""
    endings = _put_evidence(made, facts, sources.blobs)
    heads = _put_facts(made, facts, sources.proofs)
    made.put(bag_names.CUSTODY, [custody_file(_custody(facts))])
    if sources.policy is not None:
        made.put(bag_names.POLICY, [sources.policy])
    stamped = None if sources.ask is None else _put_stamp(made, sources.ask)
    contents = cover.Contents(str(subject), facts, endings, heads, sources.policy, stamped)
    made.put(bag_names.COVER, [cover.page(contents, made.measured, now).encode()])
    made.finish(bagging.info(str(subject), now))
    return len(heads)


def _put_stamp(made: Bag, ask: Ask) -> Stamp:
    """Have all that is proof so far stamped, and write what the authority answers."""
    message = checking.covered(made.measured)
    answer = stamp(message, ask)
    made.put(bag_names.COVERED, [message])
    made.put(f"{bag_names.TIMESTAMPS}tsa.tsr", [answer])
    return timestamp.check(answer, message, None)


def _put_evidence(made: Bag, facts: Sequence[Fact], blobs: Blobs) -> dict[str, str]:
    """Write the files that the facts recorded, each once; return their names by their hashes."""
    names: dict[str, str] = {}
    for fact in facts:
        body = fact.body
        if isinstance(body, EvidenceRecorded) and body.sha256 not in names:
            name = f"{bag_names.EVIDENCE}{body.sha256}{ending_of(body.media_type)}"
            made.put(name, blobs.pieces(body.sha256))
            names[body.sha256] = name
    return names


def _put_facts(made: Bag, facts: Sequence[Fact], proofs: Proofs | None) -> dict[str, bytes]:
    """Write facts, opened where there is a receipt; return the receipts by the facts' ids.

    A fact whose key was destroyed has nothing any more that opens its leaf: it goes as one without a receipt.
    """
    receipts: dict[str, bytes] = {}
    for fact in facts:
        found = None
        with suppress(Erased):
            found = None if proofs is None else proofs.of(fact.id)
        if found is None:
            data = canonical({"fact": as_told(fact)})
        else:
            receipts[fact.id], data = found
            made.put(f"{bag_names.RECEIPTS}{fact.id}.tlog-proof", [found[0]])
        made.put(f"{bag_names.FACTS}{fact.id}.json", [data])
    return receipts


def as_told(fact: Fact) -> dict[str, object]:
    """Return a fact as openings have it: at, body, id and kind."""
    return {
        "at": fact.at,
        "body": json.loads(msgspec.json.encode(fact.body)),
        "id": fact.id,
        "kind": fact.kind,
    }


def _custody(facts: Sequence[Fact]) -> list[bytes]:
    ordered = sorted(facts, key=lambda fact: fact.id)
    return [line for fact in ordered if (line := custody_line(as_told(fact))) is not None]
