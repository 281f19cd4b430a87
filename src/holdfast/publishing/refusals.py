"""Why the log does not go on. Nothing is signed that would go back behind what was signed."""

from holdfast.kernel.refusal import Refusal


class HeadAhead(Refusal):
    """The log has been signed further than the database reaches."""

    code = "head_ahead"
    what = "the signed head has {signed} leaves, the database {known}: it is older than what was signed"
    fix = (
        "Look whether it is the right database and --schema. Else it was likely restored from an older "
        "backup: restore a newer one; where there is none, begin a new log (holdfast trail restart). To sign "
        "on from here would show two histories"
    )


class HeadBehind(Refusal):
    """The signed head is older than what is out."""

    code = "head_behind"
    what = "the signed head has {signed} leaves, and a checkpoint of {published} is out: it was put back"
    fix = (
        "Put the newest head back; where it is lost, the checkpoint that is out is one. To sign on from here "
        "would show two histories"
    )


class HeadForked(Refusal):
    """The database holds other leaves than those that were signed."""

    code = "head_forked"
    what = "the leaves of {place} do not lead to the root that was signed at size {size}"
    fix = "Do not sign on. Keep all files, and find out which leaf was changed: the tiles tell what it was"


class HeadForeign(Refusal):
    """The head is not signed by this log's key."""

    code = "head_foreign"
    what = "the head is not signed by the key of {origin}"
    fix = "Give the folder of this log, with its own key; a log never changes its key"


class HeadMoved(Refusal):
    """Somebody else has moved the head."""

    code = "head_moved"
    what = "another process has signed the log since"
    fix = "Let only one sequence the log; this one takes up the new head when it is started again"


class TilesMissing(Refusal):
    """The files of the log are not there as they were signed."""

    code = "tiles_missing"
    what = "the files of the log lack {name}"
    fix = "Put the log's files back from a copy or a mirror; they never change once they are written"


class BatchesMissing(Refusal):
    """Entries that were sequenced and not yet published are gone from the database."""

    code = "batches_missing"
    what = "the entries from {first} on are not in the database any more"
    fix = "Restore the newest backup of the database: the log may not go on without them"


class LogOther(Refusal):
    """The log is not the one that the database's facts stand in."""

    code = "log_other"
    what = "the facts of the database stand in another log, {known}"
    fix = "Give the folder of that log; to begin a new one for good: holdfast trail restart LOG --by NAME"


class FactChanged(Refusal):
    """A fact of the journal is not what was logged."""

    code = "fact_changed"
    what = "the journal's fact is not the one that the log has at {index}"
    fix = "The journal was changed after it was logged; restore it, the log's leaf cannot be changed"


class NotSequenced(Refusal):
    """A fact is not in a published head yet."""

    code = "not_sequenced"
    what = "the fact is not in a published checkpoint yet"
    fix = "Ask again after the next checkpoint; the promise tells by when"


class Erased(Refusal):
    """The key that opens a leaf was destroyed."""

    code = "erased"
    what = "the key that opens this fact was destroyed on request"
    fix = "Its leaf still stands in the log; what it said can no longer be shown by anyone"


class NoLog(Refusal):
    """There is no log in the folder."""

    code = "no_log"
    what = "there is no log in this folder: {name} is missing"
    fix = "Make one with holdfast trail init, or give the folder that has policy, log and private in it"


class LogThere(Refusal):
    """The folder holds a log already."""

    code = "log_there"
    what = "there is a log in this folder already"
    fix = "Give an empty folder: a log is never written anew"


class NoQuorum(Refusal):
    """Too few witnesses answered, and nothing new is published."""

    code = "no_quorum"
    what = "too few witnesses have confirmed the head that this process took up"
    fix = "What is published stays as it is; see that the witnesses run and can be reached, and it goes on"


class HeadUnknown(NoQuorum):
    """There is no head, and it is not sure that there never was one."""

    code = "head_unknown"
    what = (
        "there is no signed head of this log, and too few witnesses say that they never saw one: "
        "what was out before would be contradicted"
    )
    fix = (
        "Nothing is signed. Put the newest head back, with the log's files and the newest backup of the "
        "database; or see that the witnesses run and can be reached: where they never saw this log, it goes "
        "on. Where nobody need witness, nobody can tell: begin a new log (holdfast trail restart)"
    )


class Unreadable(Refusal):
    """What was about to be signed or put out could not be read by anybody."""

    code = "unreadable"
    what = "what was about to go out cannot be read: {reason}"
    fix = "Nothing of it is out; look whether the log's name and policy are those it was made with"


class ErasuresDamaged(Refusal):
    """The list of erasures cannot be read."""

    code = "erasures_damaged"
    what = "this line of the list of erasures is none: {reason}"
    fix = "Put a whole copy of the list in its place: what was erased comes back from backups without it"
