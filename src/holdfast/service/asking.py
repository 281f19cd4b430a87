"""What a request says beside its body: who asks, under which key, which page of what."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote_to_bytes

from holdfast.journal.pages import Asked, Sort, Subject
from holdfast.journal.refusals import BadLimit
from holdfast.kernel.text import Text
from holdfast.service import times
from holdfast.service.refusals import BadField, BadHeader, BadPath, BadQuery

MOST = 200
"""Items of a page."""

_SIZE = 50
_KEY = re.compile(rb"[\x21-\x7e]{1,255}")
_NO_KEY = Text("应为 1 至 255 个可见的 ASCII 字符", "1 to 255 visible ASCII characters are expected")
_NO_VALUE = Text("dry-run 不带值", "dry-run has no value")
_NO_UTF8 = Text("不是百分号编码的 UTF-8", "it is not percent-encoded UTF-8")
_UNKNOWN = Text("没有此参数；可用：{known}", "there is no such parameter; there are {known}")
TWICE = Text("出现两次", "it is said twice")
_ONE_SUBJECT = Text("只能指定一个对象", "only one subject can be asked for")
_NO_NUMBER = Text("不是整数", "it is no integer")
_NO_FLAG = Text("应为 true 或 false", "true or false is expected")
_ZERO = Text("含有 U+0000", "it has the character U+0000")
_EMPTY = Text("是空的", "it is empty")

SUBJECTS = (Sort.ORDER, Sort.MERCHANT, Sort.CONSUMER, Sort.CLAIM, Sort.PERSON)

Headers = dict[bytes, bytes]


def key(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Return the idempotency key of a request, if it has one.

    Raises:
        BadHeader: it is said twice, is empty, too long, or has a character that is not seen.
    """
    said = [value for name, value in headers if name == b"idempotency-key"]
    if not said:
        return None
    if len(said) > 1:
        raise BadHeader("Idempotency-Key", name="Idempotency-Key", reason=TWICE)
    if not _KEY.fullmatch(said[0]):
        raise BadHeader("Idempotency-Key", name="Idempotency-Key", reason=_NO_KEY)
    return said[0].decode("ascii")


def key_within(said: str) -> str:
    """Return the idempotency key of one command of many.

    Raises:
        BadField: it is none.
    """
    if not _KEY.fullmatch(said.encode(errors="replace")):
        raise BadField("/idempotency_key", reason=_NO_KEY)
    return said


def is_rehearsal(headers: Headers) -> bool:
    """Tell whether a request prefers that nothing of it is done: `Prefer: dry-run` (RFC 7240).

    Raises:
        BadHeader: `dry-run` has a value, so that it may say the contrary.
    """
    said = [each.partition(b";")[0].strip().lower() for each in headers.get(b"prefer", b"").split(b",")]
    for each in said:
        name, _, value = each.partition(b"=")
        if name.strip() == b"dry-run" and value.strip() not in {b"", b'""'}:
            raise BadHeader("Prefer", name="Prefer", reason=_NO_VALUE)
    return any(each.partition(b"=")[0].strip() == b"dry-run" for each in said)


def of_path(text: str) -> str:
    """Return an id of a path, as it was before it was percent-encoded.

    Raises:
        BadPath: it is not UTF-8, or has U+0000, which no id has.
    """
    try:
        found = unquote_to_bytes(text).decode()
    except UnicodeDecodeError as error:
        raise BadPath("path") from error
    if "\0" in found:
        raise BadPath("path")
    return found


class Paging(NamedTuple):
    """Which page: how many items, from which cursor on."""

    limit: int
    after: str | None


class Query:
    """The parameters of a query, each of which is known, and said once where it has one value."""

    def __init__(self, raw: bytes, known: Collection[str], repeated: Collection[str] = ()) -> None:
        """Read them.

        Raises:
            BadQuery: one is not known, is said twice, or is not UTF-8.
        """
        try:
            pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict")
        except ValueError as error:
            raise BadQuery("query", name="?", reason=_NO_UTF8) from error
        self._said: dict[str, list[str]] = {}
        for name, value in pairs:
            if name not in known:
                raise BadQuery(name[:100], name=name[:100], reason=_UNKNOWN.fill(known=", ".join(known)))
            if name in self._said and name not in repeated:
                raise BadQuery(name, name=name, reason=TWICE)
            if not value or "\0" in value:
                raise BadQuery(name, name=name, reason=_ZERO if value else _EMPTY)
            self._said.setdefault(name, []).append(value)

    def get(self, name: str) -> str | None:
        """Return what a parameter says; None where it is not said."""
        return self._said.get(name, [None])[0]

    def all(self, name: str) -> tuple[str, ...]:
        """Return all that a parameter says that may be repeated."""
        return tuple(self._said.get(name, ()))

    def number(self, name: str) -> int | None:
        """Return a whole number that is not negative.

        Raises:
            BadQuery: it is none.
        """
        said = self.get(name)
        if said is None:
            return None
        if not re.fullmatch(r"[0-9]{1,15}", said):
            raise BadQuery(name, name=name, reason=_NO_NUMBER)
        return int(said)

    def flag(self, name: str) -> bool:
        """Tell whether something is asked for by `true`.

        Raises:
            BadQuery: it is neither `true` nor `false`.
        """
        said = self.get(name)
        if said not in {None, "true", "false"}:
            raise BadQuery(name, name=name, reason=_NO_FLAG)
        return said == "true"

    def paging(self) -> Paging:
        """Return which page is asked for.

        Raises:
            BadQuery: the size is no number.
            BadLimit: it is out of range.
        """
        limit = self.number("limit")
        if limit is not None and not 1 <= limit <= MOST:
            raise BadLimit("limit", limit=limit, most=MOST)
        return Paging(limit or _SIZE, self.get("after"))

    def subject(self) -> Subject | None:
        """Return the subject that is asked for; None where none is.

        Raises:
            BadQuery: several are.
        """
        found = [Subject(sort, said) for sort in SUBJECTS if (said := self.get(sort)) is not None]
        if len(found) > 1:
            raise BadQuery(found[1].sort, name=found[1].sort, reason=_ONE_SUBJECT)
        return found[0] if found else None

    def asked(self) -> Asked:
        """Return the query to the journal.

        Raises:
            BadQuery: a time cannot be read.
        """
        since, until = self._times()
        return Asked(self.subject(), self.all("kind"), since, until, self.flag("newest_first"))

    def _times(self) -> Iterator[int | None]:
        for name in ("since", "until"):
            said = self.get(name)
            try:
                yield None if said is None else times.read(said, name)
            except BadField as refusal:
                raise BadQuery(name, name=name, reason=refusal.details["reason"]) from refusal
