"""The refusals of a monitor: it cannot read a log, or does not accept it."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text, same


class BadLogPlace(Refusal):
    """A name is neither a folder nor a URL of a log."""

    code = "bad_log_place"
    sort = Sort.MALFORMED
    what = same("{reason}")
    fix = Text(
        "请写日志的文件夹，或其文件所在的网址，http:// 或 https://",
        "Name the folder of a log, or the URL below which it serves its files, http:// or https://",
    )


class LogUnreachable(Refusal):
    """A file of a log could not be asked for, or its answer did not come whole."""

    code = "log_unreachable"
    sort = Sort.UNAVAILABLE
    what = Text("无法读取：{reason}", "it could not be read: {reason}")
    fix = Text(
        "请检查地址、权限和网络后重试；日志连不上，并不说明什么",
        "Check the address, the rights and the network, and try again; that a log is away proves nothing",
    )


class LogFileMissing(Refusal):
    """A place has no such file."""

    code = "log_file_missing"
    sort = Sort.BROKEN
    what = Text("那里没有此文件", "it is not there")
    fix = Text(
        "请向日志的提供者索取；日志应提供它所签署的每个文件",
        "Ask whoever serves the log for it; a log serves every file of what it signed",
    )


class LogFileWrong(Refusal):
    """A file of a log is not of its form."""

    code = "log_file_wrong"
    sort = Sort.BROKEN
    what = Text("日志的文件有误：{reason}", "{reason}")
    fix = Text(
        "请重新获取；仍然如此，则该日志没有提供它所签署的内容",
        "Fetch it again; where it stays so, the log does not serve what it signed",
    )


class LogTruncated(Refusal):
    """The log signed more than it serves."""

    code = "log_truncated"
    sort = Sort.BROKEN
    what = Text(
        "日志签署了 {size} 条，却不提供 {path}", "the log signed {size} entries and does not serve {path}"
    )
    fix = Text(
        "请保留其树头（它证明曾有这么多条），并索取其余",
        "Keep its checkpoint, which is the proof that there were so many, and ask for the rest",
    )


class LogRolledBack(Refusal):
    """The log shows a head that is older than one that it showed before."""

    code = "log_rolled_back"
    sort = Sort.BROKEN
    what = Text(
        "日志现示 {size} 条，而上次读取时已签署 {known} 条",
        "the log shows {size} entries, and had signed {known} when it was read before",
    )
    fix = Text(
        "请重试：副本可能滞后。仍然如此，请公布所保留的较早树头",
        "Try again: a copy may lag. Where it stays so, publish the earlier checkpoint, which is kept",
    )


class LogRewritten(Refusal):
    """The entries do not lead to the root that was signed over them."""

    code = "log_rewritten"
    sort = Sort.BROKEN
    what = Text(
        "{entries}推不出对 {size} 条签署的根",
        "{entries} do not lead to the root that was signed over {size} entries",
    )
    fix = Text(
        "请保留日志现在的文件和树头：二者之一在其后被改动",
        "Keep the log's files as they are now, and its checkpoint: one of the two was changed afterwards",
    )


class EntriesDiffer(Refusal):
    """Tiles lead to the signed root, and the entries beside them do not."""

    code = "log_entries_differ"
    sort = Sort.BROKEN
    what = Text(
        "其条目不是所签署的：树在这些位置的哈希不同",
        "its entries are not those that were signed: the tree has other hashes at these places",
    )
    fix = Text(
        "请重新获取，或从镜像获取；仍然如此，则条目在签署后被改动",
        "Fetch it again, or from a mirror; where it stays so, entries were changed after they were signed",
    )


class TilesDiffer(Refusal):
    """Entries lead to the signed root, and the tiles beside them do not."""

    code = "log_tiles_differ"
    sort = Sort.BROKEN
    what = Text("它不是由所签署的条目得出的 tile", "it is not the tile that the signed entries make")
    fix = Text(
        "请重新获取，或从镜像获取；据此作出的证明不成立",
        "Fetch it again, or from a mirror; proofs that were made of it do not hold",
    )


class MonitorStateBroken(Refusal):
    """The stored state of a monitor was changed or is damaged."""

    code = "monitor_state_broken"
    sort = Sort.BROKEN
    what = Text("监督者上次的记录有误：{reason}", "{reason}")
    fix = Text(
        "请查明谁改动了它；再用 --state 另写文件夹，将从头读取日志",
        "Look who changed it; then name another folder with --state, and the log is read from the start",
    )


class BadOpenings(Refusal):
    """A file has a line that is no opening."""

    code = "bad_openings"
    sort = Sort.MALFORMED
    what = Text("原文文件有误：{reason}", "{reason}")
    fix = Text(
        "请每行写一份原文，原样写入；并重新索取这一份",
        "Write one opening a line, as it was handed out; ask for this one again",
    )
