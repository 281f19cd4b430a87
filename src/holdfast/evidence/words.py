"""What is said of the facts of this room. Places in braces are fields of the fact's body."""

from collections.abc import Mapping

from holdfast.evidence.model import CustodyRecorded, EvidenceRecorded
from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text

WORDS: Mapping[type[FactBody], Text] = {
    CustodyRecorded: Text(
        "登记证据的保管变动",
        "evidence {sha256} was {action} at {occurred_at}, by {operator} with {device}",
    ),
    EvidenceRecorded: Text(
        "登记证据",
        "evidence {sha256} ({media_type}, {size_bytes} bytes) was recorded: {source}, captured by "
        "{operator} with {device} at {captured_at}",
    ),
}
