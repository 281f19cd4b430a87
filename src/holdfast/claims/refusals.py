"""Why a claim may not be taken, or not be decided so."""

from holdfast.kernel.refusal import Refusal


class ClaimExists(Refusal):
    """The claim's id is taken."""

    code = "claim_exists"
    what = "a claim with this id exists"
    fix = "Use a fresh id"


class ClaimIdReserved(Refusal):
    """The id is one that Holdfast gives to claims that it makes itself."""

    code = "claim_id_reserved"
    what = "ids that end in {endings} are given by Holdfast itself"
    fix = "Use another id for the claim"


class ClaimTooLate(Refusal):
    """The time to claim has passed."""

    code = "claim_too_late"
    what = "claims on this order could be filed until {until}"
    fix = "The consumer can still go to the regulator (12315) or to court"


class DecisionTooHigh(Refusal):
    """More would be granted than was claimed."""

    code = "decision_too_high"
    what = "{claimed} minor units are claimed, {asked} would be granted"
    fix = "Grant between 1 and what was claimed; reject the claim to grant nothing"
