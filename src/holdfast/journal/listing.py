"""Rows by subject: found by the facts that tell of their beginning, which never change, in their order."""

from collections.abc import Mapping
from typing import NamedTuple

from holdfast.journal.pages import Asked, Subject
from holdfast.journal.refusals import NotListed
from holdfast.kernel.rows import Fact, Row


class Listing(NamedTuple):
    """A question for rows: `subject` None asks for all, by their ids."""

    kind: str
    subject: Subject | None
    newest_first: bool

    def beginnings(self, begun_by: Mapping[str, str]) -> Asked:
        """Return the question for the facts that tell of the rows.

        Raises:
            NotListed: no facts do.
        """
        if not begun_by:
            raise NotListed("rows", kind=self.kind)
        return Asked(subject=self.subject, kinds=tuple(sorted(begun_by)), newest_first=self.newest_first)


def listing(kind: type[Row], subject: Subject | None, *, newest_first: bool) -> Listing:
    """Return the question for rows of a kind."""
    return Listing(kind.__name__, subject, newest_first)


def begun(fact: Fact, begun_by: Mapping[str, str]) -> str:
    """Return the id of the row of whose beginning a fact tells."""
    key: str = getattr(fact.body, begun_by[fact.kind])
    return key


def beyond(key: str, place: str | None, *, newest_first: bool) -> bool:
    """Tell whether an id comes after a place, in the order that is asked for."""
    return place is None or (key < place if newest_first else key > place)
