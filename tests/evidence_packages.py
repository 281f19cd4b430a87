"""Packages of evidence made by hand, so that each can be spoiled in one place: a dict of names and bytes."""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from holdfast.trail import policy
from holdfast.trail.bag import facts as bag_facts
from holdfast.trail.bag import manifests
from holdfast.trail.bag.checking import covered
from holdfast.trail.bag.manifests import DECLARATION, Digests, measure, oxum, written
from holdfast.trail.bag.names import TAGS
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.cosignature import WitnessSigner
from holdfast.trail.keys import LogSigner
from holdfast.trail.leaf import Leaf, commit
from holdfast.trail.merkle import leaf_hash, node_hash, prove_inclusion, root_at
from holdfast.trail.note import Note
from holdfast.trail.opening import Opening, canonical
from holdfast.trail.policy import Trust
from holdfast.trail.proof import Receipt

AT = 1_790_000_000_000
LOG = LogSigner("log.example/holdfast", Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
STRANGER = LogSigner("log.example/holdfast", Ed25519PrivateKey.from_private_bytes(b"\x02" * 32))
WITNESS = WitnessSigner("witness.example/w1", Ed25519PrivateKey.from_private_bytes(b"\x03" * 32))
POLICY = f"log {LOG.verifier.encode()}\nwitness w1 {WITNESS.verifier.encode()}\nquorum w1\n".encode()
TRUST: Trust = policy.read(POLICY)
PHOTO = b"\xff\xd8\xff\xe0 a photo of the parcel"

Files = dict[str, bytes]


def digests(data: bytes) -> Digests:
    return measure([data])


def key(number: int) -> str:
    return f"{AT + number:012x}7000{0x8000:x}{number:012x}"


ACTOR = {"door": "console", "nature": "person", "pseudonym": "ef" * 16, "role": "staff"}


def fact(number: int, kind: str, at: int = AT, **body: Any) -> dict[str, Any]:
    body = {"type": kind, **body}
    return {"actor": ACTOR, "at": at + number, "body": body, "id": key(number), "kind": kind}


def recorded(number: int, data: bytes = PHOTO, **changes: Any) -> dict[str, Any]:
    found = digests(data)
    whole: dict[str, Any] = {
        "evidence_id": hashlib.sha256(str(number).encode()).hexdigest(),
        "order_id": "o1",
        "sha256": found.sha256,
        "sm3": found.sm3,
        "size_bytes": found.size,
        "media_type": "image/jpeg",
        "source": "消费者的手机",
        "device": "Xiaomi 14",
        "captured_at": AT - 1_000,
        "operator": "李",
    }
    return fact(number, "EvidenceRecorded", **(whole | changes))


def handed_over(number: int, of: Mapping[str, Any]) -> dict[str, Any]:
    body = {name: of["body"][name] for name in ("evidence_id", "order_id", "sha256")}
    more: dict[str, Any] = {
        "action": "handed_over",
        "operator": "王",
        "device": "柜 3",
        "occurred_at": AT,
        "note": "",
    }
    return fact(number, "CustodyRecorded", **body, **more)


def opening_of(one: dict[str, Any]) -> Opening:
    salt = hashlib.sha256(one["id"].encode()).digest()
    leaf = Leaf(one["kind"], one["at"], "cd" * 16, commit(salt, canonical(one)), 2 if "actor" in one else 1)
    return Opening(leaf, salt, one)


class Log:
    """A log of facts, and its receipts."""

    def __init__(
        self, facts: Iterable[dict[str, Any]], signer: LogSigner = LOG, *, witnessed: bool = True
    ) -> None:
        self.openings = {one["id"]: opening_of(one) for one in facts}
        self.places = {each: place for place, each in enumerate(self.openings)}
        self._leaves = [leaf_hash(one.leaf.encode()) for one in self.openings.values()]
        size = len(self._leaves)
        text = Checkpoint(signer.verifier.name, size, root_at(size, self._node)).text()
        seen = [WITNESS.sign(text, AT // 1_000 + 60)] if witnessed else []
        self.note = Note(text, (signer.sign(text), *seen))

    def _node(self, level: int, index: int) -> bytes:
        if not level:
            return self._leaves[index]
        return node_hash(self._node(level - 1, 2 * index), self._node(level - 1, 2 * index + 1))

    def of(self, fact_id: str) -> tuple[bytes, bytes] | None:
        found = self.openings.get(fact_id)
        if found is None:
            return None
        place, size = self.places[fact_id], len(self._leaves)
        path = tuple(prove_inclusion(place, size, self._node))
        return Receipt(place, path, self.note).encode(), found.encode()


def story() -> list[dict[str, Any]]:
    """An order, a photo of its parcel, and what became of the photo."""
    photo = recorded(1)
    return [fact(0, "OrderPlaced", order_id="o1", amount_minor=10_000), photo, handed_over(2, photo)]


def payload(
    facts: list[dict[str, Any]] | None = None, log: Log | None = None, blobs: Iterable[bytes] = (PHOTO,)
) -> Files:
    """Return the payload of a good package; facts that the log does not have go without a receipt."""
    facts = story() if facts is None else facts
    log = Log(facts) if log is None else log
    files: Files = {"data/policy": POLICY, "data/cover.html": b"<!doctype html><p>cover"}
    for one in facts:
        found = log.of(one["id"])
        files[f"data/facts/{one['id']}.json"] = canonical({"fact": one}) if found is None else found[1]
        if found is not None:
            files[f"data/receipts/{one['id']}.tlog-proof"] = found[0]
    lines = [line for one in facts if (line := bag_facts.custody_line(one)) is not None]
    files["data/custody.json"] = bag_facts.custody_file(lines)
    for data in blobs:
        files[f"data/evidence/{digests(data).sha256}.jpg"] = data
    return files


def message(files: Files) -> bytes:
    """Return what a timestamp is over."""
    return covered({name: digests(data) for name, data in files.items()})


def finished(files: Files) -> Files:
    """Return a package of a payload: with the tag files and manifests that fit it."""
    measured = {name: digests(data) for name, data in files.items()}
    tags = {
        "bagit.txt": DECLARATION,
        "bag-info.txt": f"Payload-Oxum: {oxum({n: d.size for n, d in measured.items()})}\n".encode(),
        "manifest-sha256.txt": written({name: each.sha256 for name, each in measured.items()}),
        "manifest-sm3.txt": written({name: each.sm3 for name, each in measured.items()}),
    }
    return retagged({**files, **tags})


def retagged(files: Files) -> Files:
    """Return a package with a tag manifest that fits its tag files."""
    listed = {name: digests(files[name]).sha256 for name in TAGS if name in files}
    return {**files, "tagmanifest-sha256.txt": manifests.written(listed)}


def in_folder(files: Files, folder: Path) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def in_zip(files: Files, path: Path, *, base: str = "evidence/", packed: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", packed) as archive:
        for name, data in files.items():
            archive.writestr(base + name, data)
    return path


def changed(files: Files, name: str, **changes: Any) -> Files:
    """Return a package in which a JSON file has other values, its manifests made to fit."""
    found = json.loads(files[name])
    return finished({**files, name: canonical({**found, **changes})})
