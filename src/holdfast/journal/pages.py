"""Queries to the journal with pagination: facts of a subject, of kinds, of a time.

Pages are in the order of the facts' ids, which is that of time. A page's cursor is opaque, and bound to its
query. A fact that is still being committed may appear before the cursor: whoever must miss none follows the
feed instead.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

import msgspec

from holdfast.journal.refusals import BadCursor, BadLimit, UnknownSubject
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Fact

T = TypeVar("T")

MOST = 500
"""The maximal size of a page, in facts or rows."""

_ID_DIGITS = 32
FACT_ID = re.compile(f"[0-9a-f]{{{_ID_DIGITS}}}")
"""The form of a fact's id."""


class Sort(StrEnum):
    """The sort of a subject."""

    ORDER = "order"
    MERCHANT = "merchant"
    CONSUMER = "consumer"
    CLAIM = "claim"
    PERSON = "person"
    ACTOR = "actor"


class Subject(NamedTuple):
    """A subject, which facts are about; or an actor, whose acts they are: `person/li`, `machine/key_1`."""

    sort: Sort
    id: str

    def __str__(self) -> str:
        return f"{self.sort}:{self.id}"


def subject(text: str) -> Subject:
    """Parse a subject: `order:o1`, `actor:person/li`.

    >>> subject("order:o1").id
    'o1'

    Raises:
        UnknownSubject: the text names none.
    """
    sort, _, key = text.partition(":")
    if sort not in [*Sort] or not key:
        raise UnknownSubject("subject", text=text[:200], sorts=", ".join(Sort))
    return Subject(Sort(sort), key)


def subjects_of(fact: Fact) -> Iterator[Subject]:
    """Yield the subjects of a fact, its actor included."""
    for sort in (Sort.ORDER, Sort.MERCHANT, Sort.CONSUMER, Sort.CLAIM, Sort.PERSON):
        key: str | None = getattr(fact.body, f"{sort}_id", None)
        if key is not None:
            yield Subject(sort, key)
    if fact.actor is not None:
        yield Subject(Sort.ACTOR, f"{fact.actor.nature}/{fact.actor.id}")


class Asked(msgspec.Struct, frozen=True):
    """A query to the journal: facts that meet all given conditions.

    Args:
        subject: the subject that they are about.
        kinds: the names of their kinds; empty: all.
        since, until: the interval in which they were recorded, by the instants of their ids, without `until`.
        newest_first: descending, not ascending.
    """

    subject: Subject | None = None
    kinds: tuple[str, ...] = ()
    since: Instant | None = None
    until: Instant | None = None
    newest_first: bool = False

    def bounds(self, after: str | None) -> tuple[str | None, str | None]:
        """Return the open interval of ids of the answer.

        Args:
            after: the last id of the page before, in the query's order.
        """
        low = None if self.since is None else _before(self.since)
        high = None if self.until is None else _first(self.until)
        if after is None:
            return low, high
        if self.newest_first:
            return low, min(after, high or after)
        return max(after, low or after), high

    def takes(self, fact: Fact) -> bool:
        """Tell whether a fact meets the query, on whichever page."""
        low, high = self.bounds(None)
        return (
            (low is None or fact.id > low)
            and (high is None or fact.id < high)
            and (not self.kinds or fact.kind in self.kinds)
            and (self.subject is None or self.subject in subjects_of(fact))
        )


def _first(at: Instant) -> str:
    """Return a lower bound of all ids that are made at an instant or later."""
    return f"{max(at, 0):012x}".ljust(_ID_DIGITS, "0")


def _before(at: Instant) -> str:
    return f"{max(at, 1) - 1:012x}".ljust(_ID_DIGITS, "f")


class Answer(NamedTuple, Generic[T]):
    """A page of results, in order; `next` is the cursor of the next page, None at the end."""

    items: tuple[T, ...]
    next: str | None


def place_of(cursor: str | None, question: object) -> str | None:
    """Return the id in a cursor, after which a page begins.

    Raises:
        BadCursor: it does not decode, or is of another query.
    """
    if cursor is None:
        return None
    try:
        _, _, key = base64.urlsafe_b64decode(cursor.encode()).decode().partition(":")
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise BadCursor("cursor") from error
    of_its_form = not isinstance(question, Asked) or FACT_ID.fullmatch(key) is not None
    if cursor != _cursor(question, key) or not key or not of_its_form:
        raise BadCursor("cursor")
    return key


def _cursor(question: object, key: str) -> str:
    return base64.urlsafe_b64encode(f"{_mark(question)}:{key}".encode()).decode()


def cut(items: list[T], ids: list[str], limit: int, question: object) -> Answer[T]:
    """Return a page and the cursor of the next. One item more than `limit` shows that there is a next one.

    >>> page = cut(["a", "b", "c"], ["1", "2", "3"], 2, "letters")
    >>> page.items, place_of(page.next, "letters")
    (('a', 'b'), '2')
    >>> cut(["c"], ["3"], 2, "letters").next is None
    True

    Args:
        items: what was found, in its order.
        ids: the items' ids: the cursor is the last one on the page.
        limit: the size of a page.
        question: the query, to which the cursor is bound; see `place_of`.
    """
    if len(items) <= limit:
        return Answer(tuple(items), None)
    return Answer(tuple(items[:limit]), _cursor(question, ids[limit - 1]))


def check_limit(limit: int) -> None:
    """Refuse a page size that is out of range.

    Raises:
        BadLimit: it is less than 1, or more than `MOST`.
    """
    if not 1 <= limit <= MOST:
        raise BadLimit("limit", limit=limit, most=MOST)


def _mark(question: object) -> str:
    return hashlib.blake2b(msgspec.json.encode(question), digest_size=6).hexdigest()
