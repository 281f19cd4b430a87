"""Why an order or a payout waits for cover."""

from holdfast.kernel.refusal import Refusal


class CoverTooLow(Refusal):
    """The merchant's cover is below what policy requires for new orders."""

    code = "cover_too_low"
    what = "cover is {cover} of {required} minor units that policy requires"
    fix = "The merchant tops up its deposit by {missing}; then new orders are taken again"


class PayoutBreaksCover(Refusal):
    """The payout would leave less than the policy's cover."""

    code = "payout_breaks_cover"
    what = "cover is {cover} of {required} minor units that policy requires; {missing} are missing"
    fix = "Wait until windows close, or top up the deposit by {missing}"


class BadPeers(Refusal):
    """The record of a category cannot be true."""

    code = "bad_peers"
    what = "{run_aways} run-aways in {windows} windows cannot be"
    fix = "Send counts from 0 on, no more run-aways than windows, and no more windows than 10^12"
