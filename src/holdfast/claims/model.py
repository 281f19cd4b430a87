"""Commands about claims. The row of a claim lives in settlement, which pays it."""

from typing import ClassVar

from holdfast.kernel.approval import A_PERSON, Approval
from holdfast.kernel.rows import Command


class OpenClaim(Command, frozen=True, kw_only=True):
    """The consumer claims: the debit stops and the payout is held in the same transaction."""

    claim_id: str
    order_id: str
    amount_minor: int
    reason: str


class UpholdClaim(Command, frozen=True, kw_only=True):
    """Decide a claim for the consumer, for all of it or a part; it is paid at once."""

    approval: ClassVar[Approval] = A_PERSON

    claim_id: str
    amount_minor: int | None = None


class RejectClaim(Command, frozen=True, kw_only=True):
    """Decide a claim for the merchant; the order goes on where it stopped."""

    approval: ClassVar[Approval] = A_PERSON

    claim_id: str
    reason: str
