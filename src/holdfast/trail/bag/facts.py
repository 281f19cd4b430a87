"""The facts in a package: each is opened, found in a trusted log, and matched with the files of evidence."""

import hashlib
import json
from typing import Any, NamedTuple, cast

from holdfast.kernel.clock import Instant
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.text import Text
from holdfast.trail import opening, proof
from holdfast.trail.bag.files import Files, read
from holdfast.trail.bag.names import facts_in, receipts_in
from holdfast.trail.bag.refusals import BagFactWrong, BagFileMissing, BagTooLarge
from holdfast.trail.heads import Head, Times, believed
from holdfast.trail.note import Note
from holdfast.trail.opening import canonical
from holdfast.trail.policy import Trust

MAX_FACT = 2**19
MAX_RECEIPT = 2**19
MAX_CUSTODY = 2**24
MAX_HEADS = 16

_CUSTODY_ENDS = b"\n]\n"

RECORDED = "EvidenceRecorded"
CUSTODY = "CustodyRecorded"
_CAPTURED = "captured"

_KEYS = {"at", "body", "id", "kind"}

Fact = dict[str, Any]


class Recorded(NamedTuple):
    """The record of a file in a fact: `received` tells whether a receipt shows that the fact is in a log."""

    fact_id: str
    received: bool
    sha256: str
    sm3: str
    size_bytes: int
    media_type: str


class Facts(NamedTuple):
    """A summary of the facts of a package, against which its other parts are checked.

    `received` counts the facts with a receipt, `told` those without one, `newest` is the time of the latest,
    `heads` are those that receipts lead to, where a trust policy was given.
    """

    received: int
    told: int
    newest: Instant | None
    recorded: list[Recorded]
    custody_sha256: str
    heads: list[Head]


def custody_line(fact: Fact) -> bytes | None:
    """Return the line of `custody.json` that follows from a fact; None where it is not about custody.

    Raises:
        BagFactWrong: the fact is not of its form.
    """
    kind, body = fact["kind"], fact["body"]
    if kind not in {RECORDED, CUSTODY}:
        return None
    captured = kind == RECORDED
    try:
        line = {
            "action": _CAPTURED if captured else body["action"],
            "at": body["captured_at" if captured else "occurred_at"],
            "device": body["device"],
            "evidence_id": body["evidence_id"],
            "fact_id": fact["id"],
            "note": "" if captured else body["note"],
            "operator": body["operator"],
            "sha256": body["sha256"],
            "source": body["source"] if captured else "",
        }
    except (KeyError, TypeError) as error:
        raise BagFactWrong(
            f"fact:{fact['id']}", reason=Text(f"{kind} 缺少应有的字段", f"{kind} lacks one of its fields")
        ) from error
    return canonical(line)


def custody_file(lines: list[bytes]) -> bytes:
    """Return `custody.json`: a line for each event, ascending by the facts' ids."""
    return b"[" + b",".join(b"\n" + line for line in lines) + _CUSTODY_ENDS


class _Reading:
    """An accumulator over the facts, which are read one by one: it keeps only what later checks need."""

    def __init__(self, files: Files, trust: Trust | None, times: Times) -> None:
        self._files = files
        self._trust = trust
        self._times = times
        self.heads: dict[bytes, Head] = {}
        self.received = self.told = 0
        self.newest: Instant | None = None
        self.recorded: list[Recorded] = []
        self._custody = hashlib.sha256(b"[")
        self._between = b""
        self._custody_size = 0

    def take(self, key: str, name: str, receipt: str | None) -> None:
        data = read(self._files, name, MAX_FACT)
        if receipt is None:
            fact = _told(data, name)
            self.told += 1
        else:
            fact = self._received(data, name, receipt)
            self.received += 1
        _check_form(fact, key, name)
        self.newest = max(fact["at"], self.newest or fact["at"])
        line = custody_line(fact)
        if line is not None:
            self._keep(line)
        if fact["kind"] == RECORDED:
            self.recorded.append(_recorded(fact, received=receipt is not None))

    def _keep(self, line: bytes) -> None:
        self._custody.update(self._between + b"\n" + line)
        self._between = b","
        self._custody_size += len(line)
        if self._custody_size > MAX_CUSTODY:
            raise BagTooLarge(
                "data/custody.json",
                reason=Text(
                    f"保管记录超过 {MAX_CUSTODY:,} 字节", f"custody has more than {MAX_CUSTODY:,} bytes"
                ),
            )

    def custody_sha256(self) -> str:
        """Return the hash of the `custody.json` that follows from the facts: see `custody_file`."""
        self._custody.update(_CUSTODY_ENDS)
        return self._custody.hexdigest()

    def _received(self, data: bytes, name: str, receipt: str) -> Fact:
        with _Where(name):
            found = opening.read(data)
        with _Where(receipt):
            read_receipt = proof.read(read(self._files, receipt, MAX_RECEIPT))
            read_receipt.check(found.leaf.encode())
            if self._trust is not None:
                self._believe(self._trust, receipt, read_receipt.note)
        return found.fact

    def _believe(self, trust: Trust, receipt: str, note: Note) -> None:
        key = hashlib.sha256(note.encode()).digest()
        if key not in self.heads:
            self.heads[key] = believed(receipt, note, trust, self._times)
            if len(self.heads) > MAX_HEADS:
                raise BagTooLarge(
                    "data/receipts",
                    reason=Text(
                        f"收据通向的树头超过 {MAX_HEADS} 个", f"they lead to more than {MAX_HEADS} heads"
                    ),
                )


class _Where:
    """A context that adds to a refusal the file in which it occurred."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Refusal) and error.where != self._name:
            error.where = f"{self._name}: {error.where}"


def check(files: Files, trust: Trust | None, times: Times) -> Facts:
    """Check every fact and receipt; without `trust`, receipts are checked against their own heads alone.

    Raises:
        BagFactWrong, BadLeaf: a file is no fact, or an opening does not open its leaf.
        BadNote, BadProof, Untrusted, StaleCheckpoint: a receipt does not show that the leaf stands in a
            trusted log.
        BagFileMissing: the fact of a receipt is not there.
    """
    facts, receipts = facts_in(files.sizes), receipts_in(files.sizes)
    for key in sorted(receipts.keys() - facts.keys()):
        raise BagFileMissing(f"data/facts/{key}.json")
    reading = _Reading(files, trust, times)
    for key, name in facts.items():
        reading.take(key, name, receipts.get(key))
    return Facts(
        reading.received,
        reading.told,
        reading.newest,
        reading.recorded,
        reading.custody_sha256(),
        list(reading.heads.values()),
    )


def _told(data: bytes, name: str) -> Fact:
    """Read a fact without a receipt, for which there is only the packager's word."""
    try:
        found: Any = json.loads(data)
        if isinstance(found, dict) and cast("dict[str, Any]", found).keys() == {"fact"}:
            if canonical(found) != data:
                raise BagFactWrong(name, reason=Text("不是唯一的写法", "it is not in its one form"))
            return cast("dict[str, Any]", found)["fact"]
    except (ValueError, RecursionError) as error:
        raise BagFactWrong(name, reason=Text("不是 JSON", "it is not JSON")) from error
    with _Where(name):
        return opening.read(data).fact


def _check_form(fact: Any, key: str, name: str) -> None:
    if not isinstance(fact, dict) or cast("Fact", fact).keys() - {"actor"} != _KEYS:
        raise BagFactWrong(
            name,
            reason=Text("事实应有 actor、at、body、id 和 kind", "a fact has actor, at, body, id and kind"),
        )
    found = cast("Fact", fact)
    if (
        type(found["at"]) is not int
        or not isinstance(found["kind"], str)
        or not isinstance(found["body"], dict)
    ):
        raise BagFactWrong(
            name, reason=Text("其时间、种类或内容不成其为时间、种类或内容", "its time, kind or body is none")
        )
    if found["id"] != key:
        raise BagFactWrong(
            name, reason=Text("不是文件名所说的那条事实", "it is another fact than its file's name says")
        )


def _recorded(fact: Fact, *, received: bool) -> Recorded:
    body = fact["body"]
    texts = [body.get(field) for field in ("sha256", "sm3", "media_type")]
    size = body.get("size_bytes")
    if not all(isinstance(text, str) for text in texts) or type(size) is not int:
        raise BagFactWrong(
            f"fact:{fact['id']}",
            reason=Text("缺少所登记文件的哈希、大小或种类", "it lacks the hashes, size or kind of its file"),
        )
    return Recorded(fact["id"], received, texts[0], texts[1], size, texts[2])
