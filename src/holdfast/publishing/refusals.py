"""The refusals of the log's writer. It never signs a head that contradicts one that it signed before."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class HeadAhead(Refusal):
    """The signed head has more leaves than the database has sequenced."""

    code = "head_ahead"
    sort = Sort.CONFLICT
    what = Text(
        "已签署的树头有 {signed} 条，数据库只有 {known} 条：数据库比已签署的旧",
        ("the signed head has {signed} leaves, the database {known}: it is older than what was signed"),
    )
    fix = Text(
        (
            "请确认数据库和 --schema 是否正确。否则多半是从较旧的备份恢复的："
            "请恢复较新的备份；没有的，请另开新日志（holdfast trail restart）"
            "。由此继续签署，就会出现两套历史"
        ),
        (
            "Look whether it is the right database and --schema. Else it was likely restored "
            "from an older backup: restore a newer one; where there is none, begin a new log "
            "(holdfast trail restart). To sign on from here would show two histories"
        ),
    )


class HeadBehind(Refusal):
    """The signed head is older than the published checkpoint."""

    code = "head_behind"
    sort = Sort.CONFLICT
    what = Text(
        "已签署的树头有 {signed} 条，而已公布 {published} 条的树头：它被换回了旧的",
        ("the signed head has {signed} leaves, and a checkpoint of {published} is out: it was put back"),
    )
    fix = Text(
        "请放回最新的树头；已丢失的，可用已公布的那一个。由此继续签署，就会出现两套历史",
        (
            "Put the newest head back; where it is lost, the checkpoint that is out is one. To "
            "sign on from here would show two histories"
        ),
    )


class HeadForked(Refusal):
    """The leaves of the database, or the files, are not those of the signed head."""

    code = "head_forked"
    sort = Sort.CONFLICT
    what = Text(
        "{place} 的条目推不出在 {size} 条时签署的根",
        "the leaves of {place} do not lead to the root that was signed at size {size}",
    )
    fix = Text(
        "请勿继续签署。请保留所有文件，查明哪一条被改动：原来的内容可从 tiles 得知",
        ("Do not sign on. Keep all files, and find out which leaf was changed: the tiles tell what it was"),
    )


class HeadForeign(Refusal):
    """The head is not signed by this log's key."""

    code = "head_foreign"
    sort = Sort.CONFLICT
    what = Text("树头不是由 {origin} 的密钥签署的", "the head is not signed by the key of {origin}")
    fix = Text(
        "请给出此日志的文件夹及其密钥；日志从不更换密钥",
        "Give the folder of this log, with its own key; a log never changes its key",
    )


class HeadMoved(Refusal):
    """Another process has swapped the head."""

    code = "head_moved"
    sort = Sort.CONFLICT
    what = Text("其间另一进程已签署此日志", "another process has signed the log since")
    fix = Text(
        "同一日志只能由一个进程排序；本进程重启后会接上新的树头",
        "Let only one sequence the log; this one takes up the new head when it is started again",
    )


class TilesMissing(Refusal):
    """Files that the signed head covers are missing."""

    code = "tiles_missing"
    sort = Sort.BROKEN
    what = Text("日志文件缺少 {name}", "the files of the log lack {name}")
    fix = Text(
        "请从副本或镜像放回日志文件；写成之后从不改变",
        ("Put the log's files back from a copy or a mirror; they never change once they are written"),
    )


class BatchesMissing(Refusal):
    """Entries that were sequenced and not yet published are missing in the database."""

    code = "batches_missing"
    sort = Sort.BROKEN
    what = Text(
        "自 {first} 起的条目已不在数据库中", "the entries from {first} on are not in the database any more"
    )
    fix = Text(
        "请恢复数据库的最新备份：没有这些条目，日志不得继续",
        "Restore the newest backup of the database: the log may not go on without them",
    )


class LogOther(Refusal):
    """The log is not the one that the database's facts stand in."""

    code = "log_other"
    sort = Sort.CONFLICT
    what = Text("数据库的事实属于另一日志 {known}", "the facts of the database stand in another log, {known}")
    fix = Text(
        "请给出该日志的文件夹；确要另开新日志，请运行：holdfast trail restart LOG --by NAME",
        ("Give the folder of that log; to begin a new one for good: holdfast trail restart LOG --by NAME"),
    )


class FactChanged(Refusal):
    """A fact of the journal differs from the one that was logged."""

    code = "fact_changed"
    sort = Sort.BROKEN
    what = Text(
        "数据库中的事实与日志第 {index} 条不符",
        "the journal's fact is not the one that the log has at {index}",
    )
    fix = Text(
        "写入日志之后数据库被改动；请恢复，日志的条目不能改变",
        ("The journal was changed after it was logged; restore it, the log's leaf cannot be changed"),
    )


class NotSequenced(Refusal):
    """A fact is not in a published head yet."""

    code = "not_sequenced"
    sort = Sort.NOT_YET
    what = Text("此事实尚未进入已公布的树头", "the fact is not in a published checkpoint yet")
    fix = Text(
        "请在下一个树头之后再取；承诺中写明了最迟时间",
        "Ask again after the next checkpoint; the promise tells by when",
    )


class Erased(Refusal):
    """The key that opens a leaf was destroyed."""

    code = "erased"
    sort = Sort.FORBIDDEN
    what = Text("打开此事实的密钥已应请求销毁", "the key that opens this fact was destroyed on request")
    fix = Text(
        "其条目仍在日志中；内容已无人能够出示",
        "Its leaf still stands in the log; what it said can no longer be shown by anyone",
    )


class NoLog(Refusal):
    """There is no log in the folder."""

    code = "no_log"
    sort = Sort.NOT_FOUND
    what = Text("此文件夹中没有日志：缺少 {name}", "there is no log in this folder: {name} is missing")
    fix = Text(
        "请用 holdfast trail init 建立，或给出含有 policy、log 和 private 的文件夹",
        ("Make one with holdfast trail init, or give the folder that has policy, log and private in it"),
    )


class LogThere(Refusal):
    """The folder holds a log already."""

    code = "log_there"
    sort = Sort.CONFLICT
    what = Text("此文件夹中已有日志", "there is a log in this folder already")
    fix = Text("请给出空文件夹：日志从不覆盖", "Give an empty folder: a log is never written anew")


class NoQuorum(Refusal):
    """Too few witnesses answered, and nothing new is published."""

    code = "no_quorum"
    sort = Sort.UNAVAILABLE
    what = Text(
        "确认本进程所接树头的见证人不足",
        "too few witnesses have confirmed the head that this process took up",
    )
    fix = Text(
        "已公布的保持不变；请确认见证人在运行并可以连通，之后即会继续",
        ("What is published stays as it is; see that the witnesses run and can be reached, and it goes on"),
    )


class HeadUnknown(NoQuorum):
    """There is no head, and no proof that there never was one."""

    code = "head_unknown"
    sort = Sort.UNAVAILABLE
    what = Text(
        "此日志没有已签署的树头，而声明从未见过的见证人不足：继续会与此前公布的相矛盾",
        (
            "there is no signed head of this log, and too few witnesses say that they never saw "
            "one: what was out before would be contradicted"
        ),
    )
    fix = Text(
        (
            "什么也没有签署。请放回最新的树头、日志文件和数据库的最新备份；"
            "或确认见证人在运行并可以连通：他们从未见过此日志的，即可继续。"
            "无须见证人的，谁也无从得知：请另开新日志（holdfast trail restart）"
        ),
        (
            "Nothing is signed. Put the newest head back, with the log's files and the newest "
            "backup of the database; or see that the witnesses run and can be reached: where "
            "they never saw this log, it goes on. Where nobody need witness, nobody can tell: "
            "begin a new log (holdfast trail restart)"
        ),
    )


class Unreadable(Refusal):
    """A head or a checkpoint that was about to be signed or published does not parse."""

    code = "unreadable"
    sort = Sort.TROUBLE
    what = Text("将要公布的内容无法读取：{reason}", "what was about to go out cannot be read: {reason}")
    fix = Text(
        "什么也没有公布；请核对日志的名称和信任名单是否与建立时相同",
        "Nothing of it is out; look whether the log's name and policy are those it was made with",
    )


class ErasuresDamaged(Refusal):
    """The list of erasures cannot be read."""

    code = "erasures_damaged"
    sort = Sort.BROKEN
    what = Text("删除清单的这一行有误：{reason}", "this line of the list of erasures is none: {reason}")
    fix = Text(
        "请换上完整的清单副本：没有它，从备份恢复会带回已删除的内容",
        ("Put a whole copy of the list in its place: what was erased comes back from backups without it"),
    )
