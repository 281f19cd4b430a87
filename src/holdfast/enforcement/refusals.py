"""Why a merchant may not be declared absconded."""

from holdfast.kernel.refusal import Refusal


class SamePerson(Refusal):
    """One person cannot condemn alone."""

    code = "same_person"
    what = "{person} has declared it before"
    fix = "Another person must look at the case and declare it too"


class NotTheDeclarer(Refusal):
    """Only who declared can withdraw."""

    code = "not_the_declarer"
    what = "{person} did not declare it"
    fix = "Let {declarer} withdraw it"
