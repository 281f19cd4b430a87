"""Settings of the policy that this room is the lowest to read: meaning, bounds, and table of a file."""

from collections.abc import Mapping

from holdfast.kernel.setting import Setting, flag, time

SETTINGS: Mapping[str, Setting] = {
    "claim_holds_payout": flag(
        "claims", "有索赔未决，即暂停商家打款", "an open claim holds the merchant's payout"
    ),
    "claim_within": time(
        "claims", "自送达或扣款起，可以提出索赔的期间", "from delivery or capture: a claim may be filed"
    ),
    "claim_within_durable": time(
        "claims",
        "自送达或扣款起，耐用商品可以提出索赔的期间",
        "from delivery or capture: a claim on durable goods may be filed",
    ),
    "claim_decided_within": time(
        "tasks",
        "裁定索赔的待办，自提出索赔起，逾此即为逾期",
        "from when a claim is made, until the task of deciding it is overdue",
    ),
}
