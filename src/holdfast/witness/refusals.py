"""Why there is no cosignature, as the log's side sees it."""

from holdfast.kernel.refusal import Refusal
from holdfast.trail.note import Note


class BadWitnessUrl(Refusal):
    """A witness cannot be asked there."""

    code = "bad_witness_url"
    what = "{reason}"
    fix = "Write the witness's submission prefix, such as https://witness.example/w1"


class WitnessUnreachable(Refusal):
    """There was no answer in time. The log goes on without this witness, and asks it again next time."""

    code = "witness_unreachable"
    what = "the witness did not answer: {reason}"
    fix = "Carry on without it where the policy allows, and ask it again with the next checkpoint"


class WitnessRefused(Refusal):
    """The witness answered that it does not cosign."""

    code = "witness_refused"
    what = "the witness answered {status}: {text}"
    fix = "Ask whoever runs the witness: at 403 and 404 whether it trusts the log's key, at 5xx if it is well"


class WitnessAnswerWrong(Refusal):
    """The answer is not what a witness may say, or its cosignature does not verify."""

    code = "witness_answer_wrong"
    what = "the witness's answer is of no use: {reason}"
    fix = "Check the URL of the witness and its vkey; carry on without it where the policy allows"


class WitnessUnproven(Refusal):
    """The witness says that it has seen another log, and has nothing to show for it: it is not believed."""

    code = "witness_unproven"
    what = "the witness says that it has seen {said}, and shows no head of the log that proves it: {reason}"
    fix = "Carry on without it where the policy allows, and ask whoever runs it which head it has cosigned"


class WitnessSlow(Refusal):
    """The witness answers later than the quorum needs."""

    code = "witness_slow"
    what = "the witness had not answered when enough of the others had: heads come out without it"
    fix = "Nothing is held up; ask whoever runs the witness if it is well"


class Shown(Refusal):
    """A witness shows a head that the log itself signed, and that this log does not lead to."""

    code = "witness_shown"
    what = "the witness shows a head of the log that this one does not lead to"
    fix = "Do not publish: restore the log's newest copy"

    def __init__(self, where: str, note: Note, **details: object) -> None:
        """Refuse for a head: `note` has the log's own signature, which verifies."""
        super().__init__(where, **details)
        self.note = note


class WitnessAhead(Shown):
    """The witness has seen a larger log than this one, and shows the head that the log signed."""

    code = "witness_ahead"
    what = (
        "the witness has already seen a larger log than this one, {known} leaves against {size}, and shows "
        "the head that this log signed: it was likely restored from an older backup and must not sign"
    )
    fix = (
        "Do not publish. Restore the newest head, files and database, so that the log has the leaves that "
        "the witness saw; the head that it shows is kept in private/shown of the log's folder. Where files "
        "or database are lost, begin a new log (holdfast trail restart)"
    )


class WitnessDisagrees(Shown):
    """The witness has cosigned a tree that this log signed, and did not grow out of."""

    code = "witness_disagrees"
    what = (
        "the witness shows a head of {known} leaves that this log signed, and that is another tree of this "
        "log: it was likely restored from an older backup and grew anew, and must not sign. It says that it "
        "has seen {said}"
    )
    fix = (
        "Do not publish. Compare the log with the head that the witness shows, which is kept in "
        "private/shown of the log's folder, and restore its newest copy; where there is none, begin a new "
        "log (holdfast trail restart)"
    )
