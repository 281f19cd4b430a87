"""Why a monitor cannot go on, or does not believe what it was shown."""

from holdfast.kernel.refusal import Refusal


class BadLogPlace(Refusal):
    """What was named is no place that a log can be read from."""

    code = "bad_log_place"
    what = "{reason}"
    fix = "Name the folder of a log, or the URL below which it serves its files, http:// or https://"


class LogUnreachable(Refusal):
    """A file of a log could not be asked for, or its answer did not come whole."""

    code = "log_unreachable"
    what = "it could not be read: {reason}"
    fix = "Check the address, the rights and the network, and try again; that a log is away proves nothing"


class LogFileMissing(Refusal):
    """A place has no such file."""

    code = "log_file_missing"
    what = "it is not there"
    fix = "Ask whoever serves the log for it; a log serves every file of what it signed"


class LogFileWrong(Refusal):
    """A file of a log is not of its form."""

    code = "log_file_wrong"
    what = "{reason}"
    fix = "Fetch it again; where it stays so, the log does not serve what it signed"


class LogTruncated(Refusal):
    """The log signed more than it serves."""

    code = "log_truncated"
    what = "the log signed {size} entries and does not serve {path}"
    fix = "Keep its checkpoint, which is the proof that there were so many, and ask for the rest"


class LogRolledBack(Refusal):
    """The log shows a head that is older than one that it showed before."""

    code = "log_rolled_back"
    what = "the log shows {size} entries, and had signed {known} when it was read before"
    fix = "Try again: a copy may lag. Where it stays so, publish the earlier checkpoint, which is kept"


class LogRewritten(Refusal):
    """The entries do not lead to the root that was signed over them."""

    code = "log_rewritten"
    what = "{entries} do not lead to the root that was signed over {size} entries"
    fix = "Keep the log's files as they are now, and its checkpoint: one of the two was changed afterwards"


class EntriesDiffer(Refusal):
    """Tiles lead to the signed root, and the entries beside them do not."""

    code = "log_entries_differ"
    what = "its entries are not those that were signed: the tree has other hashes at these places"
    fix = "Fetch it again, or from a mirror; where it stays so, entries were changed after they were signed"


class TilesDiffer(Refusal):
    """Entries lead to the signed root, and the tiles beside them do not."""

    code = "log_tiles_differ"
    what = "it is not the tile that the signed entries make"
    fix = "Fetch it again, or from a mirror; proofs that were made of it do not hold"


class MonitorStateBroken(Refusal):
    """What a monitor wrote down last time is not to be used."""

    code = "monitor_state_broken"
    what = "{reason}"
    fix = "Look who changed it; then name another folder with --state, and the log is read from the start"


class BadOpenings(Refusal):
    """A file has a line that is no opening."""

    code = "bad_openings"
    what = "{reason}"
    fix = "Write one opening a line, as it was handed out; ask for this one again"
