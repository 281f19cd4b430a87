"""The place of a log: its folder, with a public and a private part.

- log/: public: the files that any client of tlog-tiles reads: checkpoint, tile/…
- policy: public: whom to believe: the log's key and its witnesses (c2sp.org/tlog-policy)
- promise.vkey: public: the key that promises are signed with
- private/: keys, the signed head, openings: never to be given away

Where the log is in object storage, private/bucket has its address, and its files and head are there.
"""

import os
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from holdfast.kernel.text import Text
from holdfast.publishing.head import UNSIGNED, FileHead, Head
from holdfast.publishing.refusals import LogThere, NoLog
from holdfast.publishing.store import Store
from holdfast.trail import policy
from holdfast.trail.cosignature import LONGEST_NAME
from holdfast.trail.folder import Folder, to_disk
from holdfast.trail.keys import LogSigner
from holdfast.trail.note import MAX_SIGNATURES, BadNote
from holdfast.trail.policy import BadTrust, Trust
from holdfast.trail.promise import SUFFIX

POLICY = "policy"
PROMISE_KEY = "promise.vkey"
OPENINGS = "openings.jsonl"

_LOG = "log"
_PRIVATE = "private"
_LOG_KEY = "log.key"
_PROMISE_KEY = "promise.key"
_BUCKET = "bucket"


class Place(NamedTuple):
    """The folder of a log, opened, with its keys."""

    path: Path
    signer: LogSigner
    promiser: LogSigner
    trust: Trust
    urls: dict[str, str]
    bucket: str | None = None

    @property
    def log(self) -> Path:
        """Return the public folder."""
        return self.path / _LOG

    @property
    def private(self) -> Path:
        """Return the private folder."""
        return self.path / _PRIVATE

    def store(self) -> Store:
        """Return the storage of the log's files.

        Raises:
            BadBucketUrl, BadBucketSetting, BucketFailed, BucketUnconditional: the bucket cannot be used.
        """
        return Folder(self.log) if self.bucket is None else _opened(self.bucket)[0]

    def head(self) -> Head:
        """Return the storage of the signed head.

        Raises:
            BadBucketUrl, BadBucketSetting, BucketFailed, BucketUnconditional: the bucket cannot be used.
        """
        return FileHead(self.private / "head") if self.bucket is None else _opened(self.bucket)[1]


def _opened(bucket: str) -> tuple[Store, Head]:
    from holdfast.publishing.bucket import opened  # noqa: PLC0415 - logs in folders need no object storage

    return opened(bucket)


_NAME_TOO_LONG = Text(
    f"日志的名称最多 {LONGEST_NAME} 字节，否则不是每个见证人都能签署",
    f"a log's name has {LONGEST_NAME} bytes at most, or not every witness can sign it",
)
_TOO_MANY = Text(
    f"树头容得下 {MAX_SIGNATURES - 1} 个见证人", f"a checkpoint has room for {MAX_SIGNATURES - 1} witnesses"
)


def make(
    path: Path,
    origin: str,
    witnesses: tuple[str, ...] = (),
    quorum: str | None = None,
    bucket: str | None = None,
) -> Place:
    """Make a log's folder with fresh keys.

    Args:
        path: an empty folder, or none yet.
        origin: the log's name: a domain and path that are its owner's, as `example.com/holdfast`.
        witnesses: lines of the policy, `witness <name> <vkey> <url>` and `group …`.
        quorum: the name of a witness or group; none where nobody need witness.
        bucket: the address of object storage, s3://BUCKET/PREFIX, for the log's files and head.

    Raises:
        LogThere: something is in the folder, or a head in the bucket.
        BadBucketUrl, BadBucketSetting, BucketFailed, BucketUnconditional: the bucket cannot be used.
        BadNote: the origin is no name of a key, or longer than 255 bytes.
        BadTrust: the lines are no policy, or have more witnesses than a checkpoint has room for.
        OSError: it cannot be written.
    """
    if path.exists() and any(path.iterdir()):
        raise LogThere(str(path))
    key, promise_key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    signer, promiser = LogSigner(origin, key), LogSigner(origin + SUFFIX, promise_key)
    if len(origin.encode()) > LONGEST_NAME:
        raise BadNote(_NAME_TOO_LONG)
    lines = (f"log {signer.verifier.encode()}", *witnesses, f"quorum {quorum or policy.NONE}")
    text = "".join(f"{line}\n" for line in lines).encode()
    if len(policy.read(text).witnesses) >= MAX_SIGNATURES:
        raise BadTrust(_TOO_MANY)
    if bucket is not None and _opened(bucket)[1].read() is not None:
        raise LogThere(bucket)
    path.mkdir(parents=True, exist_ok=True)
    (path / _PRIVATE).mkdir(mode=0o700)
    for name, private in ((_LOG_KEY, key), (_PROMISE_KEY, promise_key)):
        _write_key(path / _PRIVATE / name, private)
    to_disk(path / _PRIVATE)
    folder = Folder(path)
    if bucket is not None:
        folder.write(f"{_PRIVATE}/{_BUCKET}", f"{bucket}\n".encode())
    folder.write(PROMISE_KEY, f"{promiser.verifier.encode()}\n".encode())
    folder.write(POLICY, text)
    made = load(path)
    if not made.head().swap(None, UNSIGNED):
        raise LogThere(str(path) if bucket is None else bucket)
    return made


def load(path: Path) -> Place:
    """Open a log's folder.

    Raises:
        NoLog: a file of it is missing, or its keys cannot be read.
        BadTrust: its policy is none.
    """
    text = _read(path / POLICY, path)
    trust = policy.read(text)
    origin = trust.logs[0].name
    return Place(
        path,
        LogSigner(origin, _read_key(path / _PRIVATE / _LOG_KEY, path)),
        LogSigner(origin + SUFFIX, _read_key(path / _PRIVATE / _PROMISE_KEY, path)),
        trust,
        policy.urls(text),
        _bucket(path / _PRIVATE / _BUCKET),
    )


def _bucket(path: Path) -> str | None:
    return path.read_text("utf-8").strip() if path.is_file() else None


def _write_key(path: Path, key: Ed25519PrivateKey) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path, place: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NoLog(str(place), name=str(path.relative_to(place))) from error


def _read_key(path: Path, place: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(_read(path, place), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise NoLog(
            str(place),
            name=Text(f"可读的 {path.relative_to(place)}", f"a readable {path.relative_to(place)}"),
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise NoLog(
            str(place),
            name=Text(
                f"{path.relative_to(place)} 中的 Ed25519 密钥", f"an Ed25519 key in {path.relative_to(place)}"
            ),
        )
    return key
