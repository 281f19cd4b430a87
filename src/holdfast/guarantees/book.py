"""Calling a merchant's guarantees, for the waterfall: how much may be called, and the call itself.

A merchant without guarantees costs nothing here: its coverage says that there are none.
"""

from collections.abc import Collection
from typing import NamedTuple

from msgspec.structs import replace

from holdfast.coverage.book import coverage
from holdfast.guarantees import rules
from holdfast.guarantees.model import GUARANTEES, TRANSITIONS, Claimed, Guarantee, GuaranteeCalled
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.states import advance
from holdfast.policy.model import adopted

_PAGE = 50


class Called(NamedTuple):
    """A call: its facts, and by how much less guarantees count as cover now, in minor units."""

    facts: list[GuaranteeCalled]
    counted_minor: int


def in_force(desk: Desk, merchant_id: str) -> list[Guarantee]:
    """Return the merchant's guarantees that can be called, ascending by id."""
    found: list[Guarantee] = []
    if not coverage(desk, merchant_id).uncalled_minor:
        return found
    after = ""
    while True:
        ids = desk.page(GUARANTEES, merchant_id, after, _PAGE)
        found += [desk.need(Guarantee, key) for key in ids]
        if len(ids) < _PAGE:
            return found
        after = ids[-1]


def _that_pay(desk: Desk, merchant_id: str, claimed: Collection[Claimed], now: Instant) -> list[Guarantee]:
    return [row for row in in_force(desk, merchant_id) if rules.pays(row, claimed, now)]


def reach(
    desk: Desk, merchant_id: str, claimed: Collection[Claimed], now: Instant, spare_minor: int | None
) -> int:
    """Return the most that may be called now for such a claim, in minor units. See `rules.reach`."""
    rows = _that_pay(desk, merchant_id, claimed, now)
    if not rows:
        return 0
    policy = adopted(desk, desk.policy_version)
    return rules.reach(rows, coverage(desk, merchant_id), policy, now, spare_minor)


def call(
    desk: Desk,
    merchant_id: str,
    amount_minor: int,
    claimed: Collection[Claimed],
    now: Instant,
    *,
    claim_id: str,
    order_id: str,
    why: str,
) -> Called:
    """Call guarantees for an amount that the platform has just paid a consumer; no more than `reach` told.

    The caller adjusts the merchant's coverage.
    """
    left = amount_minor
    facts: list[GuaranteeCalled] = []
    counted = 0
    for row in rules.in_order(_that_pay(desk, merchant_id, claimed, now)):
        part = min(left, row.left_minor)
        if not part:
            continue
        left -= part
        fact = called(desk, row, part, why, now, claim_id=claim_id, order_id=order_id)
        counted += row.counted_minor - fact.counted_minor
        facts.append(fact)
    assert not left, f"{merchant_id}: {left} more was called than guarantees reach"
    return Called(facts, counted)


def called(
    desk: Desk,
    row: Guarantee,
    amount_minor: int,
    why: str,
    now: Instant,
    *,
    claim_id: str | None = None,
    order_id: str | None = None,
) -> GuaranteeCalled:
    """Write a call on the guarantee, and return the fact of it."""
    # The call goes out with this fact and cannot be taken back; the platform has paid ahead already. So the
    # amount is taken off the limit now, before the issuer answers, and nobody calls it a second time.
    state = advance(TRANSITIONS, row.state, "call", f"guarantee:{row.id}")
    after = replace(
        row,
        state=state,
        called_minor=row.called_minor + amount_minor,
        called_at=row.called_at if row.open_minor else now,
    )
    desk.put(after, row)
    return GuaranteeCalled(
        guarantee_id=row.id,
        merchant_id=row.merchant_id,
        issuer=row.issuer,
        counted_minor=after.counted_minor,
        amount_minor=amount_minor,
        why=why,
        left_minor=after.left_minor,
        claim_id=claim_id,
        order_id=order_id,
    )
