"""Guarantees (保函, 保证保险) of newcomers: who brings one, its cost, and how much cover is cash.

Only honest merchants bring one: issuers' losses by those who deceive them, too, are in the premium, and no
loss of consumers or of the fund looks smaller for it.
"""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from holdfast.coverage.model import Coverage
from holdfast.engine.execution import Submission
from holdfast.guarantees.model import (
    CallTerms,
    GuaranteeCalled,
    GuaranteeKind,
    RecordGuarantee,
    RecordGuaranteePaid,
)
from holdfast.kernel.clock import DAY, Instant
from holdfast.kernel.rows import Command, Fact
from holdfast.lab.distributions import draw
from holdfast.lab.market import Guarantees

_YEAR = 365 * DAY

LIMIT_DAYS, PREMIUM, LASTS = 30.0, 0.02, 365.0 * DAY
"""Where a market says nothing: a month of ordinary sales, at 2 percent of it a year, for a year."""

PAYS_AFTER = 10 * DAY
"""How long an issuer examines a call."""


class Guarantee(NamedTuple):
    """A merchant's guarantee: who pays, up to how much, for how long, and the premium, its share a year."""

    id: str
    merchant_id: str
    issuer: str
    limit_minor: int
    starts_at: Instant
    ends_at: Instant
    premium_per_year: float

    def premium_minor(self, since: Instant, until: Instant) -> int:
        """Return the premium between two instants, in minor units."""
        length = min(until, self.ends_at) - max(since, self.starts_at)
        return round(self.limit_minor * self.premium_per_year * max(0, length) / _YEAR)


def brought(
    market: Guarantees, merchant_id: str, ordinary_minor: float, at: Instant, rng: Random
) -> Guarantee | None:
    """Draw whether an honest newcomer brings a guarantee, and which.

    Args:
        market: the market's usual guarantees.
        merchant_id: whose it is.
        ordinary_minor: the merchant's sales on an ordinary day, in minor units.
        at: when it joins.
        rng: chance of its own, so that nothing else of the merchant's depends on it.
    """
    if rng.random() >= market.share:
        return None
    limit = ordinary_minor * draw(market.limit, rng, LIMIT_DAYS)
    premium = draw(market.premium_per_year, rng, PREMIUM)
    lasts = int(draw(market.lasts, rng, LASTS))
    guarantee_id = f"{merchant_id}/guarantee"
    return Guarantee(guarantee_id, merchant_id, "an issuer", max(1, int(limit)), at, at + lasts, premium)


def recorded(guarantee: Guarantee, at: Instant) -> Sequence[Submission]:
    """Return the command that makes a guarantee count as cover.

    It is the weaker kind, of an insurer who waits for the ruling: policy counts a part of it, and ends that
    before its term does.
    """
    command = RecordGuarantee(
        guarantee_id=guarantee.id,
        merchant_id=guarantee.merchant_id,
        kind=GuaranteeKind.SURETY_INSURANCE,
        issuer=guarantee.issuer,
        limit_minor=guarantee.limit_minor,
        starts_at=guarantee.starts_at,
        ends_at=guarantee.ends_at,
        call=CallTerms.AFTER_RULING,
    )
    return (Submission(command, at),)


def paid(fact: Fact) -> list[tuple[Instant, Command]]:
    """Answer a call: the issuer pays it whole, a while later."""
    body = fact.body
    assert isinstance(body, GuaranteeCalled)
    done = RecordGuaranteePaid(guarantee_id=body.guarantee_id, amount_minor=body.amount_minor)
    return [(fact.at + PAYS_AFTER, done)]


def cash_of(coverage: Coverage) -> int:
    """Return the cash in a merchant's cover, without guarantees."""
    return coverage.cover_minor
