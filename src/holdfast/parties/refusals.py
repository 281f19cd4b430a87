"""Why a party may not do something."""

from holdfast.kernel.refusal import Refusal


class AlreadyRegistered(Refusal):
    """The id is taken."""

    code = "already_registered"
    what = "a {kind} with this id is registered"
    fix = "Use another id, or the {kind} that exists"


class BadId(Refusal):
    """An id is empty, too long, or has characters that ids do not have."""

    code = "bad_id"
    what = "{value!r} is no id: it {reason}"
    fix = "Use 1 to 128 visible characters without spaces, in Unicode's form NFKC"


class OwnerNeeded(Refusal):
    """A merchant without a person behind it."""

    code = "owner_needed"
    what = "no owner is named"
    fix = "Name the people behind the merchant: 电子商务法 art 27 asks to verify who sells"


class OwnerRanAway(Refusal):
    """A person behind the merchant was behind one that ran away."""

    code = "owner_ran_away"
    what = "this owner's earlier merchant ran away; still owed: {debt}"
    fix = "Who ran does not come back under another name; a wrong entry can be contested"


class OwnerRanElsewhere(Refusal):
    """A person behind the merchant ran away with another, and nobody has looked at this one since."""

    code = "owner_ran_elsewhere"
    what = "{owners} ran away with another merchant, and nobody has looked at this one since"
    fix = "Nothing is paid until a person has looked at the merchant; where it is to go on: ClearMerchant"


class NothingToClear(Refusal):
    """No owner of the merchant ran away, or a person has looked at it since."""

    code = "nothing_to_clear"
    what = "no owner ran away since somebody looked at this merchant"
    fix = "Nothing is to be done"


class MerchantNotActive(Refusal):
    """The merchant is suspended, or has run away."""

    code = "merchant_not_active"
    what = "the merchant is {status}"
    fix = "Choose another merchant; what was ordered before is handled"


class NotOptedIn(Refusal):
    """The consumer has not opened pay-later."""

    code = "not_opted_in"
    what = "this consumer has not opened pay-later"
    fix = "Ask for the consent first: OpenPayLater"


class LimitExceeded(Refusal):
    """The consumer would owe more than its limit."""

    code = "limit_exceeded"
    what = "{outstanding} is outstanding, {amount} would be added, the limit is {limit} minor units"
    fix = "Pay now, or order once something is settled"


class LimitMustNotBeNegative(Refusal):
    """A limit below zero."""

    code = "limit_must_not_be_negative"
    what = "the limit is {limit}"
    fix = "Zero stops new orders; send zero or more minor units"


class PayoutsHeld(Refusal):
    """A person has this merchant's payouts held."""

    code = "payouts_held"
    what = "the merchant's payouts are held"
    fix = "Wait until the people who had them held decide"
