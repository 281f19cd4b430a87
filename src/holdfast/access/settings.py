"""Settings of the policy that this room is the lowest to read: meaning, bounds, and table of a file."""

from collections.abc import Mapping

from holdfast.kernel.setting import Dimension, Setting
from holdfast.kernel.text import Text

SETTINGS: Mapping[str, Setting] = {
    "access_people": Setting(
        "tasks",
        Dimension.COUNT,
        1,
        9,
        Text(
            "授予及于整个市场的角色或其密钥所需的人数",
            "people who ask for a role, or a key, that reaches a whole market",
        ),
    ),
}
