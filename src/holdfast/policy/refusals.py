"""What policies refuse."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class NoPolicyInForce(Refusal):
    """Nothing can begin before a policy is in force."""

    code = "no_policy_in_force"
    sort = Sort.NOT_YET
    what = Text("这里还没有生效的规则", "no policy is in force here yet")
    fix = Text(
        "请先采用一份规则，再带同一幂等键重发请求",
        "Adopt one, then send the request again, with the same idempotency key",
    )
