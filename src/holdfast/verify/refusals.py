"""Why something that was handed over proves nothing."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class UnknownFile(Refusal):
    """A file is nothing that can be verified."""

    code = "unknown_file"
    sort = Sort.MALFORMED
    what = Text(
        "既不是收据、原文、树头、增长证明、承诺，也不是证据包",
        "it is no receipt, opening, checkpoint, proof of growth, promise or package",
    )
    fix = Text(
        "请重新索取由 holdfast receipt、evidence pack 或日志写出的原文件",
        "Ask for the file again, as it was written by holdfast receipt, evidence pack or a log",
    )


class FileMissing(Refusal):
    """A file is not there, or closed to us."""

    code = "file_missing"
    sort = Sort.NOT_FOUND
    what = Text("无法读取：{reason}", "it cannot be read: {reason}")
    fix = Text("请检查路径和访问权限", "Check the path, and your rights to it")


class PolicyNeeded(Refusal):
    """Nobody said whom to believe."""

    code = "policy_needed"
    sort = Sort.MALFORMED
    what = Text(
        "没有指明相信谁：任何人都可以签署自己的日志",
        "nobody said whom to believe: anybody can sign a log of his own",
    )
    fix = Text(
        "请用 --policy FILE 给出该日志的信任名单，并且不要从交来的文件中取得",
        "Give --policy FILE, the log's trust policy, and get it by another way than the file itself",
    )


class OpeningNeeded(Refusal):
    """A receipt came without the fact that it is for."""

    code = "opening_needed"
    sort = Sort.MALFORMED
    what = Text(
        "只有收据，不能说明哪一条事实写入了日志", "a receipt alone says of no fact that it was logged"
    )
    fix = Text(
        "请连同事实的原文（FACT.json）或条目一起给出",
        "Give the opening of the fact (FACT.json), or its leaf, together with the receipt",
    )


class NotItsReceipt(Refusal):
    """A receipt is for none of the facts that were given."""

    code = "not_its_receipt"
    sort = Sort.BROKEN
    what = Text(
        "所给的事实中，没有一条在该日志的第 {index} 条",
        "none of the facts that were given stands at leaf {index} of this log",
    )
    fix = Text(
        "请索取这一条事实的收据；一份收据只对应一本日志中的一处、一条事实",
        "Ask for the receipt of this very fact; a receipt is for one fact, at one place, in one log",
    )


class NotReceived(Refusal):
    """An opening or a leaf came without its receipt."""

    code = "not_received"
    sort = Sort.MALFORMED
    what = Text(
        "所给的收据中没有它的收据：它是否曾写入日志，未被证明",
        "no receipt that was given is for it: that it was ever logged is not shown",
    )
    fix = Text("请一并给出其收据（FACT.tlog-proof）", "Give its receipt (FACT.tlog-proof) together with it")


class GrowthWrong(Refusal):
    """A proof that a log grew does not show it."""

    code = "growth_wrong"
    sort = Sort.BROKEN
    what = Text("增长证明不成立：{reason}", "{reason}")
    fix = Text(
        "请重新获取；仍然如此，请保留两个树头",
        "Fetch the proof again; where it stays so, keep both checkpoints",
    )


class LogWrong(Refusal):
    """The files of a log are not those that its head is over."""

    code = "log_wrong"
    sort = Sort.BROKEN
    what = Text("日志文件有误：{reason}", "{reason}")
    fix = Text("请重新获取日志文件，也可从镜像获取", "Get the log's files again, from a mirror, too")


class PromiseKeyNeeded(Refusal):
    """A promise came without the key that promises are signed with."""

    code = "promise_key_needed"
    sort = Sort.MALFORMED
    what = Text("没有指明日志用哪个密钥签署承诺", "nobody said with which key the log signs its promises")
    fix = Text(
        "请用 --promise-key FILE 给出日志的 promise.vkey；与信任名单放在一起时会自动找到",
        "Give --promise-key FILE, the log's promise.vkey; beside the policy it is found by itself",
    )


class PromiseBroken(Refusal):
    """A log did not keep its word."""

    code = "promise_broken"
    sort = Sort.BROKEN
    what = Text(
        "承诺在 {by} 前写入的事实 {fact_id}，不在见证人于 {at} 看到的 {size} 条之中",
        "fact {fact_id} was promised by {by}, and is not among the {size} leaves that witnesses saw at {at}",
    )
    fix = Text(
        "请保留承诺和树头：二者合在一起，可以向任何人证明承诺没有兑现",
        "Keep the promise and the checkpoint: together they prove to anybody that the promise was broken",
    )


class BadTime(Refusal):
    """A time on the command line is none."""

    code = "bad_time"
    sort = Sort.MALFORMED
    what = Text("{text!r} 不是时间", "{text!r} is no time")
    fix = Text(
        "请按 ISO 8601 书写：2026-11-23T09:30:00+08:00", "Write it as in ISO 8601: 2026-11-23T09:30:00+08:00"
    )


class LineEndsChanged(Refusal):
    """The lines of a file end otherwise than those that were signed."""

    code = "line_ends_changed"
    sort = Sort.BROKEN
    what = Text(
        "行尾为 CR LF：途中被当作文本改动，而签名针对的是 LF",
        "its lines end with CR LF: something on its way took it for text, and the signatures are over LF",
    )
    fix = Text(
        "请按原样重新索取：用附件或 .zip，不要粘贴文字",
        "Get it again as it was made: as an attachment, or in a .zip, not as pasted text",
    )
