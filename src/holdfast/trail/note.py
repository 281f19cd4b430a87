"""Signed notes: text, a blank line, signature lines (c2sp.org/signed-note v1.0.0).

— <key name> base64(32-bit key ID || signature)
"""

import base64
import binascii
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

MAX_NOTE = 1_000_000
MAX_SIGNATURES = 64

_DASH = "\N{EM DASH} "
_ID = 4


class BadNote(Refusal):
    """Bytes are no signed note, or a signature of a key that is trusted is wrong."""

    code = "bad_note"
    sort = Sort.BROKEN
    what = Text("签名文件有误：{reason}", "{reason}")
    fix = Text("请勿采信；请重新索取，并保留两份", "Do not rely on it; fetch it again, and keep both")

    def __init__(self, reason: Text) -> None:
        """Refuse a note for a reason."""
        super().__init__("signed note", reason=reason)


class Signature(NamedTuple):
    """A signature line: the key's name and id, and what follows the id."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        """Return the line, with its newline."""
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"


class Note(NamedTuple):
    """A parsed note: its text is not authentic before a signature is verified."""

    text: str
    signatures: tuple[Signature, ...]

    def encode(self) -> bytes:
        """Return its bytes."""
        return (self.text + "\n" + "".join(one.line() for one in self.signatures)).encode()


class Verifier(Protocol):
    """A trusted key that verifies signature lines."""

    @property
    def name(self) -> str:
        """Return the name in its signature lines."""
        ...

    @property
    def key_id(self) -> bytes:
        """Return the four bytes that its signatures begin with."""
        ...

    def verifies(self, text: str, value: bytes) -> bool:
        """Tell whether a signature of it is on a text."""
        ...


def check_name(name: str) -> None:
    """Refuse what cannot be the name of a key.

    Raises:
        BadNote: it is empty, has a space or a plus, or is not UTF-8.
    """
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise BadNote(
            Text(
                f"{name!r} 不是 UTF-8，不能作密钥的名称", f"{name!r} is not UTF-8, so it is no name of a key"
            )
        ) from error
    if not name or "+" in name or any(sign.isspace() or ord(sign) < ord(" ") for sign in name):
        raise BadNote(Text(f"{name!r} 不是密钥的名称", f"{name!r} is no name of a key"))


def decode64(text: str, what: Text) -> bytes:
    """Return the bytes of strict base64: nothing else may stand for the same bytes.

    Raises:
        BadNote: it is not base64, or not in its one form.
    """
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNote(Text("{what}不是 base64", "{what} is not base64").fill(what=what)) from error
    if base64.b64encode(found).decode() != text:
        raise BadNote(
            Text("{what}不是唯一写法的 base64", "{what} is not base64 in its one form").fill(what=what)
        )
    return found


def parse(data: bytes) -> Note:
    """Read a note.

    Raises:
        BadNote: it is not of this form; the text says where.
    """
    if len(data) > MAX_NOTE:
        raise BadNote(
            Text(
                f"签名文本有 {len(data)} 字节，超过 {MAX_NOTE}",
                f"a note of {len(data)} bytes is longer than {MAX_NOTE}",
            )
        )
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise BadNote(Text("不是 UTF-8", "it is not UTF-8")) from error
    if any(sign < " " and sign != "\n" for sign in text):
        raise BadNote(Text("含有控制字符", "it has control characters"))
    body, blank, tail = text.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise BadNote(Text("没有签名", "it has no signatures"))
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise BadNote(Text(f"签名超过 {MAX_SIGNATURES} 个", f"it has more than {MAX_SIGNATURES} signatures"))
    return Note(body + "\n", tuple(parse_signature(line) for line in lines))


def parse_signature(line: str) -> Signature:
    """Read a signature line, without its newline.

    Raises:
        BadNote: it is none.
    """
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise BadNote(
            Text("签名行不是“— name base64”的形式", "a signature line is not of the form — name base64")
        )
    check_name(name)
    value = decode64(encoded, Text("签名", "a signature"))
    if len(value) <= _ID:
        raise BadNote(Text("签名比密钥的编号还短", "a signature is shorter than a key's id"))
    return Signature(name, value[:_ID], value[_ID:])


def verified(note: Note, verifiers: Iterable[Verifier]) -> list[Verifier]:
    """Return the trusted keys that signed a note, each once, in the order of the keys.

    Signatures of others are passed over.

    Raises:
        BadNote: a signature claims to be of a key that is trusted, and is not.
    """
    found: list[Verifier] = []
    for verifier in verifiers:
        mine = [one for one in note.signatures if (one.name, one.key_id) == (verifier.name, verifier.key_id)]
        for one in mine:
            if not verifier.verifies(note.text, one.value):
                raise BadNote(
                    Text(f"{verifier.name} 的签名有误", f"the signature of {verifier.name} is wrong")
                )
        if mine:
            found.append(verifier)
    return found


def with_signatures(note: Note, more: Sequence[Signature]) -> Note:
    """Return the note with more signatures, one line a key: the last one.

    A key that signs a hundred times would else fill the note until no parser takes it.
    """
    return Note(note.text, one_a_key((*note.signatures, *more)))


def one_a_key(lines: Iterable[Signature]) -> tuple[Signature, ...]:
    """Return the last line of each key, in the order in which the keys come first."""
    return tuple({(one.name, one.key_id): one for one in lines}.values())
