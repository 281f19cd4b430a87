"""A market whose merchant has a guarantee."""

from histories import standing
from holdfast.claims.model import UpholdClaim
from holdfast.coverage.model import Coverage
from holdfast.enforcement.model import DeclareAbsconded
from holdfast.kernel.clock import DAY
from holdfast.kernel.rows import Fact
from holdfast.policy.model import Policy
from one_market import SILENT, OneMarket, policy
from who_asks import Said

CLOSING = (15 + 10) * DAY
"""So long before its end a guarantee on demand stops counting: the window, and the time for a call."""


def covered(**changes: object) -> Policy:
    """`covered`: proceeds go at the debit as far as guarantees stand for them, and without fees."""
    return policy("covered(0.99)", fee_bp=0, fund_share_bp=0, **changes)


def sums(market: OneMarket, merchant_id: str = "m1") -> tuple[int, int]:
    """What counts as cover, and what can be called."""
    row = market.row(Coverage, merchant_id)
    return row.guaranteed_minor, row.uncalled_minor


def released(limit: int = 8_000, amount: int = 10_000, **terms: object) -> OneMarket:
    """An order, debited: its proceeds went to the merchant as far as the guarantee stands for them."""
    market = OneMarket(covered(payout_cycle=0))
    market.do(standing("g1", "m1", limit, **terms))
    market.sell_captured("o1", amount)
    market.wait(DAY)
    return market


def uphold(market: OneMarket, claim_id: str = "k1") -> list[Fact]:
    return market.do(UpholdClaim(claim_id=claim_id))


def declare(market: OneMarket) -> list[Fact]:
    for person in ("Li", "Wang"):
        market.do(Said(person, DeclareAbsconded(merchant_id="m1", reason="nobody answers")))
    return market.wait(0, SILENT)
