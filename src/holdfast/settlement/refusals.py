"""Why money may not move."""

from holdfast.kernel.refusal import Refusal


class CaptureNotAsked(Refusal):
    """A debit was reported that nobody asked for."""

    code = "capture_not_asked"
    heals = True
    what = "no debit was asked for on this order"
    fix = "Check the provider's reference; if money did leave the consumer, say its debit_id and amount_minor"


class CaptureRecorded(Refusal):
    """The debit is in the books."""

    code = "debit_recorded"
    what = "the debit of this order is recorded"
    fix = "Nothing is to be done; if the provider took another one, say its debit_id and amount_minor"


class CaptureOfNoOrder(Refusal):
    """A debit was reported of an order that nobody knows."""

    code = "debit_of_no_order"
    heals = True
    what = "there is no order with this id; if the debit took money, it is with the provider"
    fix = "Check the id; if no order has it, RecordUnassigned with the provider's id, and a person assigns it"


class ToldOtherwise(Refusal):
    """The provider speaks of another currency than was asked for, and says no amount."""

    code = "told_in_another_currency"
    what = "{asked} was asked for, and the answer is in {told}, without an amount"
    fix = "Say amount_minor in {told}: what moved is then recorded in its own currency"


class ToldAmount(Refusal):
    """The provider says an amount that none can be."""

    code = "told_no_amount"
    what = "{amount} minor units cannot have moved"
    fix = (
        "Say the amount that moved, above zero, in minor units; where more came back than had left, "
        "RecordUnassigned what is beyond it"
    )


class RepaymentNotAsked(Refusal):
    """A repayment was reported that is not on its way."""

    code = "repayment_not_asked"
    heals = True
    what = "the payment {payment} is not on its way; on its way is {current}"
    fix = "Check the provider's reference"


class TakingRecorded(Refusal):
    """The chargeback, the seizure or the returned refund is in the books."""

    code = "taking_recorded"
    what = "this is recorded, with {amount} minor units"
    fix = "Nothing is to be done; if it is another one, say its own id"


class PayoutNotAsked(Refusal):
    """A payout was reported that is not on its way."""

    code = "payout_not_asked"
    heals = True
    what = "the payout {payout} is not on its way; on its way is {current}"
    fix = "Check the provider's reference"


class ClaimOpenAlready(Refusal):
    """One claim at a time."""

    code = "claim_open_already"
    heals = True
    what = "the claim {claim} is open on this order"
    fix = "Wait for its decision, or add to it"


class NothingToClaim(Refusal):
    """Nothing is owed and nothing was paid that has not been refunded."""

    code = "nothing_to_claim"
    what = "at most {most} minor units can be claimed, {asked} are asked for"
    fix = "Claim at most what is owed or was paid and not refunded"


class RefundNotCovered(Refusal):
    """The merchant has not enough of its own."""

    code = "refund_not_covered"
    what = "{missing} minor units of the refund are not covered by the order and the merchant's money"
    fix = "Refund less, or let the consumer claim: then reserve, deposit and fund pay"


class DebtFirst(Refusal):
    """What the merchant owes comes before what it gets back."""

    code = "debt_first"
    what = (
        "the merchant owes {owed} minor units to consumers, the fund, issuers of guarantees or the platform"
    )
    fix = "Record a recovery of it, or that its issuer was settled with; then the deposit can go back"


class NothingOwed(Refusal):
    """Nothing is owed by this merchant."""

    code = "nothing_owed"
    what = "the merchant owes nothing"
    fix = "Pay it into the deposit instead"


class ReceiptNotLeft(Refusal):
    """More would be assigned of a receipt than is left of it, or than is owed back."""

    code = "receipt_not_left"
    what = "{left} minor units can be assigned, {asked} are asked for"
    fix = "Assign at most that; without an amount all that is left of the receipt is assigned"


class FeeRecorded(Refusal):
    """The provider's fee is in the books."""

    code = "fee_recorded"
    what = "this fee is recorded, with {amount} minor units"
    fix = "Nothing is to be done; if it is another one, say its own id"


class FreezeNotLeft(Refusal):
    """More would be let go than an authority has ordered to stand still."""

    code = "freeze_not_left"
    what = "{left} minor units of this order stand still, {asked} are to be let go"
    fix = "Check the authority's document; without an amount all that is left is let go"
