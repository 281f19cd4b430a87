"""What is said of the facts of this room. Places in braces are its fields; `{actor}` is who acted."""

from collections.abc import Mapping

from holdfast.journal.model import (
    ClockConfirmed,
    DeadlinePutAside,
    KeysDestroyed,
    LogRestarted,
)
from holdfast.journal.proposals import (
    ProposalLapsed,
    ProposalMade,
    ProposalSeconded,
    ProposalWithdrawn,
)
from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text

WORDS: Mapping[type[FactBody], Text] = {
    ClockConfirmed: Text(
        "{actor}确认系统时钟无误（{reason}）；此前最新的事实为 {before_at}",
        "{actor} said that the clock is right ({reason}); the fact before was of {before_at}",
    ),
    DeadlinePutAside: Text(
        "因系统故障，{row_kind} {row_id} 于 {due_at} 到期的事项未能办理，{again_at} 再办",
        "the deadline of {row_kind} {row_id} at {due_at} failed by an error of ours; it is tried "
        "again at {again_at}",
    ),
    KeysDestroyed: Text(
        ("{actor}销毁了 {pseudonym} 的 {deals} 笔交易的日志密钥，其内容此后无人能够还原；{kept} 笔依法保留"),
        "{actor} destroyed what opens {deals} deals of {pseudonym} in the log; {kept} are kept",
    ),
    LogRestarted: Text(
        "{actor}另开新日志 {origin}；此前的日志有 {former_size} 条，无法继续",
        "{actor} began the log anew as {origin}; the one before had {former_size} leaves",
    ),
    ProposalLapsed: Text(
        "提议 {command}（{number}）至 {until} 只有 {asked} 人，已过期，未执行",
        "the proposal of {command} ({number}) lapsed: only {asked} asked for it by {until}; nothing was done",
    ),
    ProposalMade: Text(
        "{actor}提议 {command}（{number}）{about}，尚未执行：须有 {needed} 人在 {until} 前提出同一请求",
        "{actor} proposed {command} ({number}) {about}; it takes {needed} people until {until}, and "
        "nothing was done yet",
    ),
    ProposalSeconded: Text(
        "{actor}附议 {command}（{number}）；已有 {asked} 人，尚缺 {left} 人，无缺即执行",
        "{actor} asked for {command} ({number}), too: {asked} did, {left} more are needed, with 0 it is done",
    ),
    ProposalWithdrawn: Text(
        "{actor}撤回提议 {command}（{number}），未执行",
        "{actor} withdrew the proposal of {command} ({number}); nothing was done",
    ),
}

WORDS_WHERE: Mapping[type[FactBody], Mapping[str, Text]] = {
    KeysDestroyed: {
        "proposal": Text(
            (
                "按提议 {proposal}，{actor}销毁了 {pseudonym} 的 {deals} 笔交易的日志密钥，"
                "其内容此后无人能够还原；{kept} 笔依法保留"
            ),
            "{actor} destroyed what opens {deals} deals of {pseudonym} in the log, as proposed in "
            "{proposal}; {kept} are kept",
        )
    },
    LogRestarted: {
        "proposal": Text(
            "按提议 {proposal}，{actor}另开新日志 {origin}；此前的日志有 {former_size} 条，无法继续",
            "{actor} began the log anew as {origin}, as proposed in {proposal}; the one before had "
            "{former_size} leaves",
        )
    },
}
"""What is said where several people decided."""
