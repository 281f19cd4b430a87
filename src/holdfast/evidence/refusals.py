"""Why evidence cannot be recorded."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class OneSubjectNeeded(Refusal):
    """Evidence is about exactly one order, merchant or claim."""

    code = "one_subject_needed"
    sort = Sort.MALFORMED
    what = Text("写了 {count} 个对象", "{count} subjects are named")
    fix = Text(
        "order_id、merchant_id、claim_id 请只写一个；同一文件可为另一对象再次登记",
        "Name one of order_id, merchant_id and claim_id; the file may be recorded again for another",
    )


class BadDigest(Refusal):
    """A hash is not 64 lower-case hexadecimal digits."""

    code = "bad_digest"
    sort = Sort.MALFORMED
    what = Text("{value!r} 不是哈希值", "{value!r} is no hash")
    fix = Text(
        "请填文件字节的哈希值：64 位小写十六进制",
        "Send the 64 lower-case hexadecimal digits of the hash of the file's bytes",
    )


class BadEvidenceSize(Refusal):
    """A file is empty or larger than what is kept."""

    code = "bad_evidence_size"
    sort = Sort.MALFORMED
    what = Text("文件有 {size:,} 字节", "the file has {size:,} bytes")
    fix = Text(
        "可登记 1 至 {most:,} 字节的文件；较长的录音录像请分段",
        "Record files of 1 to {most:,} bytes; cut a longer recording into parts",
    )


class BadMediaType(Refusal):
    """A media type is not of the form type/subtype."""

    code = "bad_media_type"
    sort = Sort.MALFORMED
    what = Text("{value!r} 不是媒体类型", "{value!r} is no media type")
    fix = Text("请按 RFC 6838 小写书写：image/jpeg", "Send it as in RFC 6838, in lower case: image/jpeg")


class BadEvidenceText(Refusal):
    """A description is empty or too long, or has signs that cannot be printed."""

    code = "bad_evidence_text"
    sort = Sort.MALFORMED
    what = Text("此文字{reason}", "this text {reason}")
    fix = Text(
        "请用一行 1 至 {most:,} 个可见字符说明；只有保管备注可以为空",
        "Say it in one line of 1 to {most:,} printable characters; only a custody's note may be empty",
    )


class NotYetHappened(Refusal):
    """A capture or a custody event is later than now."""

    code = "not_yet_happened"
    sort = Sort.NOT_YET
    what = Text("{at} 晚于现在 {now}", "{at} is later than now, {now}")
    fix = Text(
        "请填发生的时间（UTC）；并校准设备时钟", "Send when it happened, in UTC; set the device's clock right"
    )


class CustodyBeforeCapture(Refusal):
    """A custody event is earlier than the capture of the file."""

    code = "custody_before_capture"
    sort = Sort.MALFORMED
    what = Text("{at} 早于取证时间 {captured}", "{at} is earlier than the capture, {captured}")
    fix = Text(
        "请填实际的时间；取证之前没有人能持有此文件",
        "Send when it was done; nobody could have had the file before it was captured",
    )


class EvidenceRecordedAlready(Refusal):
    """The same bytes were recorded for the same subject before."""

    code = "evidence_recorded_already"
    sort = Sort.CONFLICT
    what = Text("这些内容已于 {at} 为它登记", "these bytes were recorded for it at {at}")
    fix = Text(
        "请使用 evidence:{evidence_id}；此后的经手请记入其保管记录",
        "Use evidence:{evidence_id}; what was done with it since is recorded as its custody",
    )
