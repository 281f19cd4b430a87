"""Why there is no cosignature, as the log's side sees it."""

from holdfast.kernel.refusal import Refusal


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


class WitnessAhead(Refusal):
    """The witness has seen a larger log than this one."""

    code = "witness_ahead"
    what = (
        "the witness has already seen a larger log than this one, {known} leaves against {size}: "
        "this log was likely restored from an older backup and must not sign"
    )
    fix = (
        "Restore the log from its newest copy, so that it has the leaves that the witness saw; do not publish"
    )


class WitnessDisagrees(Refusal):
    """The witness has cosigned a tree that this log did not grow out of."""

    code = "witness_disagrees"
    what = (
        "the witness has cosigned another tree of this log ({status}: {text}): "
        "it was likely restored from an older backup and grew anew, and must not sign"
    )
    fix = "Compare the log with what was published before, and restore its newest copy; do not publish"
