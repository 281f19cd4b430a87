"""Settings of the policy that this room is the lowest to read: meaning, bounds, and table of a file."""

from collections.abc import Mapping

from holdfast.kernel.setting import Setting, share, time

SETTINGS: Mapping[str, Setting] = {
    "guarantee_call_within": time(
        "coverage",
        "自要求兑付保函，到开立人收齐单据",
        "from calling a guarantee until its issuer has the demand in order",
    ),
    "guarantee_ruling_within": time(
        "coverage",
        "开立人须凭评审决定的：自窗口期结束到索赔赔付",
        ("from the window's end to the payment of a claim, where the issuer waits for a ruling"),
    ),
    "guarantee_conditional_bp": share(
        "coverage",
        "开立人须凭评审决定的保函：其中计入担保的比例",
        "of a guarantee whose issuer waits for a ruling: what counts as cover",
    ),
    "issuer_answer_within": time(
        "tasks",
        "开立人在此期间答复索付，否则转人工催问",
        "an issuer answers the call of its guarantee, or somebody finds out",
    ),
}
