"""Settings of the policy that this room is the lowest to read: meaning, bounds, and table of a file."""

from collections.abc import Mapping

from holdfast.kernel.clock import DAY, HOUR
from holdfast.kernel.setting import Dimension, Setting, time
from holdfast.kernel.text import Text

SETTINGS: Mapping[str, Setting] = {
    "look_within": time(
        "tasks",
        "待办事项自出现起，逾此即为逾期",
        "from when something waits for a person, until the task is overdue",
    ),
    "proposal_stands": Setting(
        "tasks",
        Dimension.TIME,
        HOUR,
        3650 * DAY,
        Text(
            "须多人同意之事，自首次提议起，逾此作废",
            "from when somebody proposes what takes several people, until the proposal lapses",
        ),
    ),
    "erasure_people": Setting(
        "tasks",
        Dimension.COUNT,
        1,
        9,
        Text(
            "销毁日志密钥（删除个人信息）所需的人数",
            "people who ask for destroying somebody's keys in the log",
        ),
    ),
    "log_restart_people": Setting(
        "tasks",
        Dimension.COUNT,
        1,
        9,
        Text("另开新日志所需的人数", "people who ask for beginning the log anew"),
    ),
}
