"""Why evidence cannot be recorded."""

from holdfast.kernel.refusal import Refusal


class OneSubjectNeeded(Refusal):
    """Evidence is about exactly one order, merchant or claim."""

    code = "one_subject_needed"
    what = "{count} subjects are named"
    fix = "Name one of order_id, merchant_id and claim_id; the file may be recorded again for another"


class BadDigest(Refusal):
    """A hash is not 64 lower-case hexadecimal digits."""

    code = "bad_digest"
    what = "{value!r} is no hash"
    fix = "Send the 64 lower-case hexadecimal digits of the hash of the file's bytes"


class BadEvidenceSize(Refusal):
    """A file is empty or larger than what is kept."""

    code = "bad_evidence_size"
    what = "the file has {size:,} bytes"
    fix = "Record files of 1 to {most:,} bytes; cut a longer recording into parts"


class BadMediaType(Refusal):
    """A media type is not of the form type/subtype."""

    code = "bad_media_type"
    what = "{value!r} is no media type"
    fix = "Send it as in RFC 6838, in lower case: image/jpeg"


class BadEvidenceText(Refusal):
    """A description is empty or too long, or has signs that cannot be printed."""

    code = "bad_evidence_text"
    what = "this text {reason}"
    fix = "Say it in one line of 1 to {most:,} printable characters; only a custody's note may be empty"


class NotYetHappened(Refusal):
    """A capture or a custody event is later than now."""

    code = "not_yet_happened"
    heals = True
    what = "{at} is later than now, {now}"
    fix = "Send when it happened, in UTC; set the device's clock right"


class CustodyBeforeCapture(Refusal):
    """A custody event is earlier than the capture of the file."""

    code = "custody_before_capture"
    what = "{at} is earlier than the capture, {captured}"
    fix = "Send when it was done; nobody could have had the file before it was captured"


class EvidenceRecordedAlready(Refusal):
    """The same bytes were recorded for the same subject before."""

    code = "evidence_recorded_already"
    what = "these bytes were recorded for it at {at}"
    fix = "Use evidence:{evidence_id}; what was done with it since is recorded as its custody"
