"""Refusals about who acts."""

from holdfast.kernel.refusal import Refusal


class PersonNeeded(Refusal):
    """What a person decides names that person."""

    code = "person_needed"
    what = "nobody is named"
    fix = "Name the person who decides"
