"""Refusals about what the log holds."""

from holdfast.kernel.refusal import Refusal


class BadErasure(Refusal):
    """An erasure is not asked for as it must be."""

    code = "bad_erasure"
    what = "{subject!r} is neither consumer:ID nor merchant:ID"
    fix = "Write: holdfast erase consumer:ID --by NAME, or merchant:ID"


class NothingToErase(Refusal):
    """There is no key to destroy."""

    code = "nothing_to_erase"
    what = "the log has no key of it"
    fix = "Check the id; who was never in the log, or is erased already, needs nothing more"


class KeptByLaw(Refusal):
    """No key may be destroyed yet."""

    code = "kept_by_law"
    heals = True
    what = "the law keeps all {kept} of its deals; the last may go: {until}"
    fix = "Ask again then: deals are kept for three years after they ended (电子商务法 art. 31)"


class FactsWaiting(Refusal):
    """Facts about somebody who is to be forgotten are not logged yet."""

    code = "facts_waiting"
    heals = True
    what = "{waiting} facts about it wait to be logged, and may be promised under the keys that would go"
    fix = "Let the log take them first (holdfast trail run LOG --once), then ask again"


class NoLogKept(Refusal):
    """The facts are in a home that keeps no log."""

    code = "no_log_kept"
    what = "there is no log here that could be begun anew"
    fix = "Use `holdfast trail restart` over the database whose facts are to be logged"


class LogGoesOn(Refusal):
    """The new log is the one that the facts go to already."""

    code = "log_goes_on"
    what = "the facts go into this log already"
    fix = "Let it run (holdfast trail run); to begin anew, make another log first: holdfast trail init"


class SequencerRunning(Refusal):
    """Another process sequences the log."""

    code = "sequencer_running"
    heals = True
    what = "another process sequences this log"
    fix = "Nothing is to be done: it goes on there; or stop it first"


class UnknownSubject(Refusal):
    """A text names nobody and nothing that facts are about."""

    code = "unknown_subject"
    what = "{text!r} names no subject of facts"
    fix = "Write one of {sorts}, a colon and its id, as in order:o1"


class BadCursor(Refusal):
    """A page cannot be turned by this cursor."""

    code = "bad_cursor"
    what = "this is no cursor of this question"
    fix = "Send `next` of the page before with the very same question; leave it out to begin"


class BadLimit(Refusal):
    """A page cannot have so many."""

    code = "bad_limit"
    what = "a page of {limit} was asked for"
    fix = "Ask for 1 to {most}"


class NotListed(Refusal):
    """Rows of a kind are not listed by subject."""

    code = "not_listed"
    what = "rows of the kind {kind} are not listed by subject"
    fix = "Ask for them by their ids, or for the facts about the subject"
