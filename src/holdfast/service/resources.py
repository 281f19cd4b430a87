"""Resources: the rows of the rooms that are read over HTTP, each kind by the name of its table."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from holdfast.access.room import ROOM as ACCESS
from holdfast.house import KEPT
from holdfast.journal.feed import Cursor
from holdfast.journal.model import PutAside
from holdfast.journal.pages import Sort
from holdfast.journal.requests import Request
from holdfast.kernel.rows import Row
from holdfast.orders.model import Snapshot
from holdfast.parties.model import Consumer
from holdfast.policy.model import AdoptedPolicy, InForce
from holdfast.service.routes import PREFIX
from holdfast.webhooks.model import EndpointKeys

HIDDEN: frozenset[type[Row]] = frozenset(
    {Request, Cursor, PutAside, InForce, EndpointKeys, *(kept.row for kept in ACCESS.keeps)}
)
"""Rows of the machinery: answered requests with their keys, cursors of readers, what was put aside; and those
of access and of signing, which have hashes and keys."""

_NAMED: Mapping[type[Row], str] = {Snapshot: "listings", AdoptedPolicy: "policies"}


class Resource(NamedTuple):
    """Rows of a kind, by the name of their collection. `by_subject`: they are listed of a subject, too."""

    kind: type[Row]
    name: str
    by_subject: bool

    @property
    def path(self) -> str:
        """Return the path of the collection."""
        return f"{PREFIX}/{self.name}"

    @property
    def listed_of_owners(self) -> bool:
        """Tell whether those of one merchant, or of one consumer, are found without reading all."""
        return self.by_subject or self.kind in BEARERS


BEARERS: Mapping[type[Row], Sort] = {
    **{kind: Sort.MERCHANT for kind, kept in KEPT.items() if kept.named_after == "merchant_id"},
    Consumer: Sort.CONSUMER,
}
"""Rows whose id is a merchant's, or a consumer's: each has one."""


@cache
def resources() -> tuple[Resource, ...]:
    """Return all resources, by their names."""
    found = [
        Resource(kind, _NAMED.get(kind) or kept.table.replace("_", "-"), bool(kept.begun_by))
        for kind, kept in KEPT.items()
        if kind not in HIDDEN
    ]
    return tuple(sorted(found, key=lambda each: each.name))
