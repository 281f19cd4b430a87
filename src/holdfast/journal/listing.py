"""Queries for entries of accounts, and for rows by subject: by the facts that tell of their beginning."""

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from holdfast.journal.pages import Asked, Subject, place_of
from holdfast.journal.refusals import BadCursor, NotListed
from holdfast.kernel.rows import Fact, Row

T = TypeVar("T", str, int)


class Entries(NamedTuple):
    """A query for the entries of an account, by the account's version."""

    account_id: str
    newest_first: bool

    def version_of(self, cursor: str | None) -> int | None:
        """Return the version in a cursor, after which a page begins.

        Raises:
            BadCursor: it does not decode, or is of another query.
        """
        place = place_of(cursor, self)
        if place is not None and not (place.isascii() and place.isdigit()):
            raise BadCursor("cursor")
        return None if place is None else int(place)


class Listing(NamedTuple):
    """A query for rows: of a subject, or all, by their ids (`subject` None)."""

    kind: str
    subject: Subject | None
    newest_first: bool

    def beginnings(self, begun_by: Mapping[str, str]) -> Asked:
        """Return the query for the facts that tell of the rows' beginning.

        Raises:
            NotListed: no facts do.
        """
        if not begun_by:
            raise NotListed("rows", kind=self.kind)
        return Asked(subject=self.subject, kinds=tuple(sorted(begun_by)), newest_first=self.newest_first)


def listing(kind: type[Row], subject: Subject | None, *, newest_first: bool) -> Listing:
    """Return the query for rows of a type."""
    return Listing(kind.__name__, subject, newest_first)


def begun(fact: Fact, begun_by: Mapping[str, str]) -> str:
    """Return the id of the row of whose beginning a fact tells."""
    key: str = getattr(fact.body, begun_by[fact.kind])
    return key


def beyond(key: T, place: T | None, *, newest_first: bool) -> bool:
    """Tell whether an id or a version comes after the last one of a page, in the query's order."""
    return place is None or (key < place if newest_first else key > place)
