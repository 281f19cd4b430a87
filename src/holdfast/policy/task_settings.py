"""What the settings of work for people mean: how long the outside has to answer, and a person to look."""

from typing import Final

from holdfast.policy.settings import Setting, time

NOTICE_ANSWER_WITHIN: Final[Setting] = time(
    "tasks",
    "扣款通知在此期间送达，否则转人工核实",
    "the notice of a debit is out, or somebody finds out why not",
)
CAPTURE_ANSWER_WITHIN: Final[Setting] = time(
    "tasks",
    "支付机构在此期间答复扣款，否则转人工核实",
    "the provider answers a debit that it was asked for, or somebody finds out",
)
PAYOUT_ANSWER_WITHIN: Final[Setting] = time(
    "tasks",
    "支付机构在此期间答复打款，否则转人工核实",
    "the provider answers a payout that it was asked for, or somebody finds out",
)
REPAYMENT_ANSWER_WITHIN: Final[Setting] = time(
    "tasks",
    "支付机构在此期间答复退还，否则转人工核实",
    "the provider answers a repayment that it was asked for, or somebody finds out",
)
ISSUER_ANSWER_WITHIN: Final[Setting] = time(
    "tasks",
    "开立人在此期间答复索付，否则转人工催问",
    "an issuer answers the call of its guarantee, or somebody finds out",
)
LOOK_WITHIN: Final[Setting] = time(
    "tasks",
    "待办事项自出现起，逾此即为逾期",
    "from when something waits for a person, until the task is overdue",
)
CLAIM_DECIDED_WITHIN: Final[Setting] = time(
    "tasks",
    "裁定索赔的待办，自提出索赔起，逾此即为逾期",
    "from when a claim is made, until the task of deciding it is overdue",
)
SECOND_DECLARATION_WITHIN: Final[Setting] = time(
    "tasks",
    "另一人认定跑路的待办，自首次认定起，逾此即为逾期",
    "from a declaration that a merchant ran, until the task of the next is overdue",
)
