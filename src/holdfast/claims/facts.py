"""Facts of a claim until it is paid."""

from typing import ClassVar

from holdfast.kernel.actor import CLOCK, REACTION
from holdfast.kernel.text import Text
from holdfast.kernel.told_by import ToldBy
from holdfast.settlement.facts import ClaimFact


class ClaimOpened(ClaimFact, frozen=True, kw_only=True):
    """A claim was filed; `payout_held_minor` of the merchant's available money is reserved for it.

    `late`: after the order's window. It is paid from cover that no other order needs, then by the fund to a
    limit.
    """

    called = Text("消费者提出赔付申请", "claim opened")

    amount_minor: int
    reason: str
    payout_held_minor: int
    late: bool = False


class KeptForClaim(ClaimFact, frozen=True, kw_only=True):
    """Money that came in is kept for an open claim; for `lacking_minor` of the claim nothing is yet."""

    called = Text("为未决索赔留存商家到账款项", "kept for claim")

    amount_minor: int
    lacking_minor: int


class ClaimUpheld(ClaimFact, frozen=True, kw_only=True):
    """The claim is justified, for this amount."""

    told_by: ClassVar[ToldBy | None] = ToldBy(others=(("wind-down", CLOCK), ("decided before", REACTION)))
    called = Text("赔付申请成立", "claim upheld")

    amount_minor: int


class ClaimWaits(ClaimFact, frozen=True, kw_only=True):
    """The claim is justified, but the debit is on its way, or policy lets it happen first."""

    told_by: ClassVar[ToldBy | None] = ToldBy()
    called = Text("赔付申请成立，待扣款后支付", "claim waits")

    amount_minor: int


class ClaimRejected(ClaimFact, frozen=True, kw_only=True):
    """The claim is not justified."""

    told_by: ClassVar[ToldBy | None] = ToldBy()

    called = Text("赔付申请被驳回", "claim rejected")

    reason: str
