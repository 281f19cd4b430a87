"""What happens to a claim until it is paid: the facts."""

from holdfast.settlement.facts import ClaimFact


class ClaimOpened(ClaimFact, frozen=True, kw_only=True):
    """A claim was filed; `payout_held_minor` of the merchant's available money is reserved for it.

    `late`: after the order's window. It is paid from what cover does not need, then by the fund to its bound.
    """

    amount_minor: int
    reason: str
    payout_held_minor: int
    late: bool = False


class KeptForClaim(ClaimFact, frozen=True, kw_only=True):
    """Of what came in, so much is kept for an open claim; for `lacking_minor` of it nothing is yet."""

    amount_minor: int
    lacking_minor: int


class ClaimUpheld(ClaimFact, frozen=True, kw_only=True):
    """The claim is justified, for this amount."""

    amount_minor: int
    by: str


class ClaimWaits(ClaimFact, frozen=True, kw_only=True):
    """The claim is justified, but the debit is on its way, or policy lets it happen first."""

    amount_minor: int
    by: str


class ClaimRejected(ClaimFact, frozen=True, kw_only=True):
    """The claim is not justified."""

    by: str
    reason: str
