"""The groups of a policy file: its tables."""

from collections.abc import Mapping

from holdfast.kernel.text import Text

GROUPS: Mapping[str, Text] = {
    "orders": Text("订单", "orders"),
    "consumers": Text("消费者", "consumers"),
    "settlement": Text("结算", "settlement"),
    "fund": Text("保障基金", "the guarantee fund"),
    "claims": Text("索赔", "claims"),
    "coverage": Text("担保", "coverage"),
    "enforcement": Text("执行", "enforcement"),
    "tasks": Text("待办", "tasks"),
}
"""The groups of a policy file, in its order."""
