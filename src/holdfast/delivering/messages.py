"""A message: a fact on its way to an endpoint; and which facts an endpoint wants."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from holdfast.journal.model import KeysDestroyed
from holdfast.journal.pages import Sort, subjects_of
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Fact
from holdfast.webhooks.model import WebhookEndpoint

NO_SUBJECT = "market"
"""The line of facts that are about nobody: policies, the clock, the log."""


class Erased(NamedTuple):
    """Whom an erasure was of: `subject` as consumer:ID, and the orders by their merchants.

    The fact has a pseudonym alone; a receiver needs the ids to erase what it has.
    """

    subject: str
    orders: Mapping[str, tuple[str, ...]]


class Taken(NamedTuple):
    """A fact of the feed, with its position; of an erasure, whom it was of, as long as that is kept."""

    position: int
    fact: Fact
    erased: Erased | None = None


@dataclass(slots=True, eq=False)
class Message:
    """A fact on its way to an endpoint.

    `line` is the subject within which messages keep their order. `taken` is None where the fact has to be
    read again before the next attempt. `stored`: a database row is there; `changed`: and is older than this.
    """

    endpoint_id: str
    position: int
    fact_id: str
    line: str
    due: Instant
    taken: Taken | None = None
    attempts: int = 0
    first_at: Instant | None = None
    stored: bool = False
    changed: bool = False


def line_of(fact: Fact) -> str:
    """Return the subject within which a fact keeps its order: its order's, else its merchant's, and so on."""
    for subject in subjects_of(fact):
        return NO_SUBJECT if subject.sort is Sort.ACTOR else str(subject)
    return NO_SUBJECT


def merchants_of(taken: Taken) -> frozenset[str]:
    """Return the merchants that a fact is about: of an erasure, those whose orders were of the erased."""
    if isinstance(taken.fact.body, KeysDestroyed):
        return frozenset(taken.erased.orders) if taken.erased is not None else frozenset()
    merchant_id: str | None = getattr(taken.fact.body, "merchant_id", None)
    return frozenset() if merchant_id is None else frozenset({merchant_id})


def wants(endpoint: WebhookEndpoint, taken: Taken) -> bool:
    """Tell whether an endpoint is to be sent a fact: a merchant's gets facts about this merchant alone."""
    if endpoint.kinds and taken.fact.kind not in endpoint.kinds:
        return False
    return endpoint.merchant_id is None or endpoint.merchant_id in merchants_of(taken)
