"""The refusals of asking a witness, on the log's side."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text, same
from holdfast.trail.note import Note


class BadWitnessUrl(Refusal):
    """A witness cannot be asked there."""

    code = "bad_witness_url"
    sort = Sort.MALFORMED
    what = same("{reason}")
    fix = Text(
        "请写见证人的提交地址前缀，如 https://witness.example/w1",
        "Write the witness's submission prefix, such as https://witness.example/w1",
    )


class WitnessUnreachable(Refusal):
    """There was no answer in time. The log goes on without this witness, and asks it again next time."""

    code = "witness_unreachable"
    sort = Sort.UNAVAILABLE
    what = Text("见证人没有答复：{reason}", "the witness did not answer: {reason}")
    fix = Text(
        "信任名单允许的，可以没有它而继续；下一个树头时再问",
        "Carry on without it where the policy allows, and ask it again with the next checkpoint",
    )


class WitnessRefused(Refusal):
    """The witness answered that it does not cosign."""

    code = "witness_refused"
    sort = Sort.FORBIDDEN
    what = Text("见证人答复 {status}：{text}", "the witness answered {status}: {text}")
    fix = Text(
        "请询问见证人的运营者：403 和 404 问其是否信任此日志的密钥，5xx 问其是否正常",
        "Ask whoever runs the witness: at 403 and 404 whether it trusts the log's key, at 5xx if it is well",
    )


class WitnessAnswerWrong(Refusal):
    """The answer is not of the protocol, or its cosignature does not verify."""

    code = "witness_answer_wrong"
    sort = Sort.BROKEN
    what = Text("见证人的答复无效：{reason}", "the witness's answer is of no use: {reason}")
    fix = Text(
        "请核对见证人的地址和 vkey；信任名单允许的，可以没有它而继续",
        "Check the URL of the witness and its vkey; carry on without it where the policy allows",
    )


class WitnessUnproven(Refusal):
    """The witness objects without evidence, a head with the log's signature, and so is not believed."""

    code = "witness_unproven"
    sort = Sort.BROKEN
    what = Text(
        "见证人称见过{said}，却拿不出证明此事的树头：{reason}",
        "the witness says that it has seen {said}, and shows no head of the log that proves it: {reason}",
    )
    fix = Text(
        "信任名单允许的，可以没有它而继续；请询问其运营者签过哪个树头",
        "Carry on without it where the policy allows, and ask whoever runs it which head it has cosigned",
    )


class WitnessSlow(Refusal):
    """The witness answers later than the quorum needs."""

    code = "witness_slow"
    sort = Sort.UNAVAILABLE
    what = Text(
        "其他见证人已足够时，此见证人尚未答复：树头不含其签名",
        "the witness had not answered when enough of the others had: heads come out without it",
    )
    fix = Text(
        "没有耽误什么；请询问其运营者是否正常",
        "Nothing is held up; ask whoever runs the witness if it is well",
    )


class Shown(Refusal):
    """A witness shows a head that the log itself signed, and that contradicts this one."""

    code = "witness_shown"
    sort = Sort.CONFLICT
    what = Text(
        "见证人出示了本日志推不到的树头", "the witness shows a head of the log that this one does not lead to"
    )
    fix = Text("请勿公布：请恢复日志的最新副本", "Do not publish: restore the log's newest copy")

    def __init__(self, where: str, note: Note, **details: object) -> None:
        """Refuse for a head: `note` has the log's own signature, which verifies."""
        super().__init__(where, **details)
        self.note = note


class WitnessAhead(Shown):
    """The witness has seen a larger log than this one, and shows the head that the log signed."""

    code = "witness_ahead"
    sort = Sort.CONFLICT
    what = Text(
        (
            "见证人见过更大的本日志，{known} 条对 {size} 条，并出示了本日志签署的树头："
            "本日志多半是从较旧的备份恢复的，不得签署"
        ),
        (
            "the witness has already seen a larger log than this one, {known} leaves against "
            "{size}, and shows the head that this log signed: it was likely restored from an "
            "older backup and must not sign"
        ),
    )
    fix = Text(
        (
            "请勿公布。请恢复最新的树头、文件和数据库，使日志含有见证人见过的条目；"
            "所出示的树头保存在日志文件夹的 private/shown 中。文件或数据库已丢失的，"
            "请另开新日志（holdfast trail restart）"
        ),
        (
            "Do not publish. Restore the newest head, files and database, so that the log has "
            "the leaves that the witness saw; the head that it shows is kept in private/shown "
            "of the log's folder. Where files or database are lost, begin a new log (holdfast "
            "trail restart)"
        ),
    )


class WitnessDisagrees(Shown):
    """The witness has cosigned a tree that this log signed, and that is no prefix of this one."""

    code = "witness_disagrees"
    sort = Sort.CONFLICT
    what = Text(
        (
            "见证人出示了本日志签署的 {known} 条的树头，是本日志的另一棵树："
            "本日志多半是从较旧的备份恢复后另行增长的，不得签署。见证人称见过{said}"
        ),
        (
            "the witness shows a head of {known} leaves that this log signed, and that is another "
            "tree of this log: it was likely restored from an older backup and grew anew, and "
            "must not sign. It says that it has seen {said}"
        ),
    )
    fix = Text(
        (
            "请勿公布。请将日志与见证人出示的树头（保存在日志文件夹的 private/shown 中）"
            "核对，并恢复最新副本；没有的，请另开新日志（holdfast trail restart）"
        ),
        (
            "Do not publish. Compare the log with the head that the witness shows, which is kept "
            "in private/shown of the log's folder, and restore its newest copy; where there is "
            "none, begin a new log (holdfast trail restart)"
        ),
    )
