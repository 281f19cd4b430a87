"""Refusals about what the log holds."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class BadErasure(Refusal):
    """An erasure is not asked for as it must be."""

    code = "bad_erasure"
    sort = Sort.MALFORMED
    what = Text(
        "{subject!r} 既不是 consumer:ID，也不是 merchant:ID",
        "{subject!r} is neither consumer:ID nor merchant:ID",
    )
    fix = Text(
        "请写：holdfast erase consumer:ID --by NAME，或 merchant:ID",
        "Write: holdfast erase consumer:ID --by NAME, or merchant:ID",
    )


class NothingToErase(Refusal):
    """There is no key to destroy."""

    code = "nothing_to_erase"
    sort = Sort.CONFLICT
    what = Text("日志中没有它的密钥", "the log has no key of it")
    fix = Text(
        "请核对编号；从未进入日志或已删除的，无须再做什么",
        "Check the id; who was never in the log, or is erased already, needs nothing more",
    )


class KeptByLaw(Refusal):
    """No key may be destroyed yet."""

    code = "kept_by_law"
    sort = Sort.NOT_YET
    what = Text(
        "法律要求保留其全部 {kept} 笔交易；最后一笔可删除的时间：{until}",
        "the law keeps all {kept} of its deals; the last may go: {until}",
    )
    fix = Text(
        "请届时再提出：交易记录自完成之日起保存三年（电子商务法第三十一条）",
        "Ask again then: deals are kept for three years after they ended (电子商务法 art. 31)",
    )


class FactsWaiting(Refusal):
    """Facts about somebody who is to be forgotten are not logged yet."""

    code = "facts_waiting"
    sort = Sort.NOT_YET
    what = Text(
        "关于它的 {waiting} 条事实等待写入日志，其承诺可能用到将销毁的密钥",
        ("{waiting} facts about it wait to be logged, and may be promised under the keys that would go"),
    )
    fix = Text(
        "请先让日志写入它们（holdfast trail run LOG --once），再提出",
        "Let the log take them first (holdfast trail run LOG --once), then ask again",
    )


class NoLogKept(Refusal):
    """The facts are in a home that keeps no log."""

    code = "no_log_kept"
    sort = Sort.UNMET
    what = Text("这里没有可以另开的日志", "there is no log here that could be begun anew")
    fix = Text(
        "请在事实所属的数据库上运行 `holdfast trail restart`",
        "Use `holdfast trail restart` over the database whose facts are to be logged",
    )


class LogGoesOn(Refusal):
    """The new log is the one that the facts go to already."""

    code = "log_goes_on"
    sort = Sort.CONFLICT
    what = Text("事实已经写入此日志", "the facts go into this log already")
    fix = Text(
        "请让它运行（holdfast trail run）；要另开，请先建立另一本日志：holdfast trail init",
        ("Let it run (holdfast trail run); to begin anew, make another log first: holdfast trail init"),
    )


class SequencerRunning(Refusal):
    """Another process sequences the log."""

    code = "sequencer_running"
    sort = Sort.BUSY
    what = Text("另一进程正在为此日志排序", "another process sequences this log")
    fix = Text(
        "无须再做什么：那边在继续；或先停止它", "Nothing is to be done: it goes on there; or stop it first"
    )


class AskedAlready(Refusal):
    """One person is not two."""

    code = "asked_already"
    sort = Sort.FORBIDDEN
    what = Text(
        "{person} 此前已提议，须由另一人附议；此提议至 {until} 有效",
        "{person} has asked for it before, and another person has to; the proposal stands until {until}",
    )
    fix = Text(
        "请另一人审查后提出同一请求；要撤回，请用 WithdrawProposal",
        "Let another person look at it and ask for the same; to take it back use WithdrawProposal",
    )


class NotTheProposer(Refusal):
    """Only who asked for it can take a proposal back."""

    code = "not_the_proposer"
    sort = Sort.FORBIDDEN
    what = Text("{person} 没有提议过此事", "{person} did not ask for it")
    fix = Text("请由 {people} 撤回；无人附议的到期作废", "Let {people} withdraw it; else it lapses by itself")


class UnknownSubject(Refusal):
    """A text names nobody and nothing that facts are about."""

    code = "unknown_subject"
    sort = Sort.MALFORMED
    what = Text("{text!r} 不是事实的对象", "{text!r} names no subject of facts")
    fix = Text(
        "请写 {sorts} 之一、冒号和编号，如 order:o1",
        "Write one of {sorts}, a colon and its id, as in order:o1",
    )


class BadCursor(Refusal):
    """A page cannot be turned by this cursor."""

    code = "bad_cursor"
    sort = Sort.MALFORMED
    what = Text("这不是此问题的游标", "this is no cursor of this question")
    fix = Text(
        "请对同一问题原样发送上一页的 `next`；从头开始则不写",
        "Send `next` of the page before with the very same question; leave it out to begin",
    )


class BadLimit(Refusal):
    """A page cannot have so many."""

    code = "bad_limit"
    sort = Sort.MALFORMED
    what = Text("请求的每页条数为 {limit}", "a page of {limit} was asked for")
    fix = Text("请填 1 至 {most}", "Ask for 1 to {most}")


class NotListed(Refusal):
    """Rows of a kind are not listed by subject."""

    code = "not_listed"
    sort = Sort.MALFORMED
    what = Text("{kind} 类记录不按对象列出", "rows of the kind {kind} are not listed by subject")
    fix = Text(
        "请按编号查询，或查询关于该对象的事实",
        "Ask for them by their ids, or for the facts about the subject",
    )
