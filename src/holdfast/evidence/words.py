"""What is said of the facts of this room. Places in braces are fields of the fact's body."""

from collections.abc import Mapping

from holdfast.evidence.model import CustodyRecorded, EvidenceRecorded
from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text

WORDS: Mapping[type[FactBody], Text] = {
    CustodyRecorded: Text(
        "证据 {sha256} 由 {operator} 用 {device} 于 {occurred_at} {action}",
        "evidence {sha256} was {action} at {occurred_at}, by {operator} with {device}",
    ),
    EvidenceRecorded: Text(
        (
            "登记证据 {sha256}（{media_type}，{size_bytes} 字节）：{source}，"
            "由 {operator} 用 {device} 于 {captured_at} 取得"
        ),
        "evidence {sha256} ({media_type}, {size_bytes} bytes) was recorded: {source}, captured by "
        "{operator} with {device} at {captured_at}",
    ),
}
