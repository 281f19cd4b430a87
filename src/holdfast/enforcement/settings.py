"""Settings of the policy that this room is the lowest to read: meaning, bounds, and table of a file."""

from collections.abc import Mapping

from holdfast.kernel.setting import Dimension, Setting, flag, time
from holdfast.kernel.text import Text

SETTINGS: Mapping[str, Setting] = {
    "declarations": Setting(
        "enforcement",
        Dimension.COUNT,
        2,
        9,
        Text("宣告跑路所需的人数", "people who declare absconded"),
    ),
    "refund_without_claim": flag(
        "enforcement",
        "商家跑路的，已扣款订单不待申请即予退款",
        "captured orders of an absconded merchant are refunded unasked",
    ),
    "sweep_after": time(
        "enforcement", "受邀消费者在此期间索赔，之后统一赔付", "invited consumers claim, before the sweep"
    ),
    "second_declaration_within": time(
        "tasks",
        "另一人认定跑路的待办，自首次认定起，逾此即为逾期",
        "from a declaration that a merchant ran, until the task of the next is overdue",
    ),
}
