"""Why something that was handed over proves nothing."""

from holdfast.kernel.refusal import Refusal


class UnknownFile(Refusal):
    """A file is nothing that can be verified."""

    code = "unknown_file"
    what = "it is no receipt, opening, checkpoint, proof of growth, promise or package"
    fix = "Ask for the file again, as it was written by holdfast receipt, evidence pack or a log"


class FileMissing(Refusal):
    """A file is not there, or closed to us."""

    code = "file_missing"
    what = "it cannot be read: {reason}"
    fix = "Check the path, and your rights to it"


class PolicyNeeded(Refusal):
    """Nobody said whom to believe."""

    code = "policy_needed"
    what = "nobody said whom to believe: anybody can sign a log of his own"
    fix = "Give --policy FILE, the log's trust policy, and get it by another way than the file itself"


class OpeningNeeded(Refusal):
    """A receipt came without the fact that it is for."""

    code = "opening_needed"
    what = "a receipt alone says of no fact that it was logged"
    fix = "Give the opening of the fact (FACT.json), or its leaf, together with the receipt"


class NotItsReceipt(Refusal):
    """A receipt is for none of the facts that were given."""

    code = "not_its_receipt"
    what = "none of the facts that were given stands at leaf {index} of this log"
    fix = "Ask for the receipt of this very fact; a receipt is for one fact, at one place, in one log"


class NotReceived(Refusal):
    """An opening or a leaf came without its receipt."""

    code = "not_received"
    what = "no receipt that was given is for it: that it was ever logged is not shown"
    fix = "Give its receipt (FACT.tlog-proof) together with it"


class GrowthWrong(Refusal):
    """A proof that a log grew does not show it."""

    code = "growth_wrong"
    what = "{reason}"
    fix = "Fetch the proof again; where it stays so, keep both checkpoints"


class LogWrong(Refusal):
    """The files of a log are not those that its head is over."""

    code = "log_wrong"
    what = "{reason}"
    fix = "Get the log's files again, from a mirror, too"


class PromiseKeyNeeded(Refusal):
    """A promise came without the key that promises are signed with."""

    code = "promise_key_needed"
    what = "nobody said with which key the log signs its promises"
    fix = "Give --promise-key FILE, the log's promise.vkey; beside the policy it is found by itself"


class PromiseBroken(Refusal):
    """A log did not keep its word."""

    code = "promise_broken"
    what = (
        "fact {fact_id} was promised by {by}, and is not among the {size} leaves that witnesses saw at {at}"
    )
    fix = "Keep the promise and the checkpoint: together they prove to anybody that the promise was broken"


class BadTime(Refusal):
    """A time on the command line is none."""

    code = "bad_time"
    what = "{text!r} is no time"
    fix = "Write it as in ISO 8601: 2026-11-23T09:30:00+08:00"


class LineEndsChanged(Refusal):
    """The lines of a file end otherwise than those that were signed."""

    code = "line_ends_changed"
    what = "its lines end with CR LF: something on its way took it for text, and the signatures are over LF"
    fix = "Get it again as it was made: as an attachment, or in a .zip, not as pasted text"
