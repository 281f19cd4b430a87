"""What is said of the facts of this room. Places in braces are its fields; `{actor}` is who acted."""

from collections.abc import Mapping

from holdfast.journal.model import (
    ClockConfirmed,
    DeadlinePutAside,
    KeysDestroyed,
    LogRestarted,
)
from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text

WORDS: Mapping[type[FactBody], Text] = {
    ClockConfirmed: Text(
        "{actor}确认系统时钟无误",
        "{actor} said that the clock is right ({reason}); the fact before was of {before_at}",
    ),
    DeadlinePutAside: Text(
        "系统故障，到期事项未能办理，稍后再办",
        "the deadline of {row_kind} {row_id} at {due_at} failed by an error of ours; it is tried "
        "again at {again_at}",
    ),
    KeysDestroyed: Text(
        "{actor}依申请销毁日志密钥，相关内容此后无人能够还原",
        "{actor} destroyed what opens {deals} deals of {pseudonym} in the log; {kept} are kept",
    ),
    LogRestarted: Text(
        "{actor}将日志另起一本，此前的日志无法继续",
        "{actor} began the log anew as {origin}; the one before had {former_size} leaves",
    ),
}
