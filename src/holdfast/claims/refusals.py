"""Refusals of claims: why one may not be taken, or not be decided so."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class ClaimExists(Refusal):
    """The claim's id is taken."""

    code = "claim_exists"
    sort = Sort.CONFLICT
    what = Text("已有此编号的索赔", "a claim with this id exists")
    fix = Text("请用新编号", "Use a fresh id")


class ClaimIdReserved(Refusal):
    """The id is one that Holdfast gives to claims that it makes itself."""

    code = "claim_id_reserved"
    sort = Sort.FORBIDDEN
    what = Text(
        "以 {endings} 结尾的编号由 Holdfast 自行使用",
        "ids that end in {endings} are given by Holdfast itself",
    )
    fix = Text("请为索赔另用编号", "Use another id for the claim")


class ClaimTooLate(Refusal):
    """The time to claim has passed."""

    code = "claim_too_late"
    sort = Sort.CONFLICT
    what = Text("此订单的索赔应在 {until} 之前提出", "claims on this order could be filed until {until}")
    fix = Text(
        "消费者仍可向监管部门投诉（12315）或向法院起诉",
        "The consumer can still go to the regulator (12315) or to court",
    )


class DecisionTooHigh(Refusal):
    """More would be granted than was claimed."""

    code = "decision_too_high"
    sort = Sort.UNMET
    what = Text(
        "索赔 {claimed}，拟支持 {asked}（最小货币单位）",
        "{claimed} minor units are claimed, {asked} would be granted",
    )
    fix = Text(
        "支持的金额应为 1 至索赔金额；不予支持的，请驳回",
        "Grant between 1 and what was claimed; reject the claim to grant nothing",
    )
