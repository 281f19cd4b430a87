"""What is said of the facts of this room. Places in braces are fields of the fact's body."""

from collections.abc import Mapping

from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text
from holdfast.policy.model import PolicyAdopted

WORDS: Mapping[type[FactBody], Text] = {
    PolicyAdopted: Text(
        "规则版本 {version} 生效",
        "policy {version} came into force",
    ),
}
