"""What policies refuse."""

from holdfast.kernel.refusal import Refusal


class NoPolicyInForce(Refusal):
    """Nothing can begin before a policy is in force."""

    code = "no_policy_in_force"
    heals = True
    what = "no policy is in force here yet"
    fix = "Adopt one, then send the request again, with the same idempotency key"
