"""The key pair of a witness: `key.pem`, readable by its owner alone, and `vkey`, which is public.

They are made once, with the folder: a witness with another key is another witness.
"""

import os
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text, same
from holdfast.trail.cosignature import WitnessSigner
from holdfast.trail.folder import Folder, to_disk
from holdfast.trail.keys import COSIGNATURE_ML_DSA_44, parse_vkey
from holdfast.trail.note import BadNote, check_name

KEY = "key.pem"
VKEY = "vkey"
DEFAULT_NAME = "witness.example/w1"

Private = Ed25519PrivateKey | MLDSA44PrivateKey


class Algorithm(StrEnum):
    """The signature algorithm of a witness."""

    ED25519 = "Ed25519"
    ML_DSA_44 = "ML-DSA-44"


class BadWitnessKey(Refusal):
    """The key of a witness is missing, damaged or not the one it had."""

    code = "bad_witness_key"
    sort = Sort.BROKEN
    what = same("{reason}")
    fix = Text(
        "请放回与此文件夹一同生成的文件，或在新文件夹中建立新的见证人",
        "Put the files back that were made with this folder, or make a new witness in a new folder",
    )


def signer_of(folder: Path, name: str | None = None, algorithm: Algorithm | None = None) -> WitnessSigner:
    """Return the signer of a folder; where there is none yet, it is made.

    Args:
        folder: where `key.pem` and `vkey` are.
        name: the name of the witness; None is the one that it has, or `DEFAULT_NAME`.
        algorithm: None is the one that it has, or Ed25519.

    Raises:
        BadWitnessKey: a file is missing or damaged, or the witness has another name or algorithm.
        BadNote: the name cannot be that of a key.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = Folder(folder).read(VKEY)
    if written is None:
        return _first(folder, DEFAULT_NAME if name is None else name, algorithm)
    where = str(folder / VKEY)
    try:
        known = parse_vkey(written.decode().removesuffix("\n"))
    except (BadNote, UnicodeError) as error:
        raise BadWitnessKey(where, reason=Text("不是 vkey", "it is no vkey")) from error
    has = Algorithm.ML_DSA_44 if known.kind == COSIGNATURE_ML_DSA_44 else Algorithm.ED25519
    if name not in {None, known.name}:
        raise BadWitnessKey(
            where,
            reason=Text(
                f"见证人名为 {known.name}，不是 {name}", f"the witness is named {known.name}, not {name}"
            ),
        )
    if algorithm not in {None, has}:
        raise BadWitnessKey(
            where,
            reason=Text(
                f"见证人用 {has} 签署，不用 {algorithm}",
                f"the witness signs with {has}, not with {algorithm}",
            ),
        )
    found = WitnessSigner(known.name, _loaded(folder / KEY))
    if found.verifier != known:
        raise BadWitnessKey(
            str(folder / KEY),
            reason=Text(f"不是 {VKEY} 所写的密钥", f"it is not the key of which {VKEY} tells"),
        )
    return found


def _first(folder: Path, name: str, algorithm: Algorithm | None) -> WitnessSigner:
    _check_name(name)
    path = folder / KEY
    if not path.exists():
        private = (
            MLDSA44PrivateKey.generate() if algorithm is Algorithm.ML_DSA_44 else Ed25519PrivateKey.generate()
        )
        _write_once(path, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    made = WitnessSigner(name, _loaded(path))
    _write_once(folder / VKEY, (made.verifier.encode() + "\n").encode())
    return signer_of(folder, name, algorithm)


def _check_name(name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise BadNote(Text("见证人的名称不是 UTF-8", "the name of the witness is not UTF-8")) from error
    check_name(name)


def _loaded(path: Path) -> Private:
    try:
        found = load_pem_private_key(path.read_bytes(), None)
    except FileNotFoundError as error:
        raise BadWitnessKey(
            str(path), reason=Text("已经不在，而此文件夹原来有", "it is not there, and the folder had one")
        ) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadWitnessKey(
            str(path),
            reason=Text(
                "不是 PEM、PKCS #8、无密码的私钥", "it is no private key in PEM, PKCS #8, without a password"
            ),
        ) from error
    if not isinstance(found, Private):
        raise BadWitnessKey(
            str(path),
            reason=Text(
                "既不是 Ed25519，也不是 ML-DSA-44 的密钥", "it is a key of neither Ed25519 nor ML-DSA-44"
            ),
        )
    return found


def _write_once(path: Path, data: bytes) -> None:
    """Create a private file atomically, never over another one: whoever comes second changes nothing."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    draft.unlink(missing_ok=True)
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "wb") as file:  # noqa: PTH123 - a handle has no path
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
    to_disk(path.parent)
