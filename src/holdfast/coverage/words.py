"""The sentences that tell this room's facts. Names in braces are fields of the fact's body."""

from collections.abc import Mapping

from holdfast.coverage.model import CoverFellShort, CoverRestored, PeersRecorded
from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text

WORDS: Mapping[type[FactBody], Text] = {
    CoverFellShort: Text(
        "商家的担保降至 {cover_minor}，敞口 {exposure_minor}；应补缴 {missing_minor}",
        "cover fell to {cover_minor}, with {exposure_minor} exposed; {missing_minor} is due",
    ),
    CoverRestored: Text(
        "商家的担保恢复充足：{cover_minor}，敞口 {exposure_minor}",
        "cover is sufficient again: {cover_minor}, with {exposure_minor} exposed",
    ),
    PeersRecorded: Text(
        "登记类目 {category} 的起始记录：{windows} 个窗口期中跑路 {run_aways} 次",
        "category {category} begins with {run_aways} run-aways in {windows} windows",
    ),
}
