"""Settings of the policy that this room is the lowest to read: meaning, bounds, and table of a file."""

from collections.abc import Mapping

from holdfast.kernel.setting import Setting, time

SETTINGS: Mapping[str, Setting] = {
    "look_within": time(
        "tasks",
        "待办事项自出现起，逾此即为逾期",
        "from when something waits for a person, until the task is overdue",
    ),
}
