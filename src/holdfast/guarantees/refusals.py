"""Why a guarantee cannot be recorded, or an answer of its issuer."""

from holdfast.kernel.refusal import Refusal


class GuaranteeExists(Refusal):
    """The guarantee's id is taken."""

    code = "guarantee_exists"
    what = "a guarantee with this id exists"
    fix = "Use a fresh id; an extension is a guarantee of its own"


class BadGuarantee(Refusal):
    """The guarantee's terms cannot be."""

    code = "bad_guarantee"
    what = "{reason}"
    fix = "Send an issuer, a limit of 1 to 10^15, and a term that ends after it starts and after now"


class MoreThanCalled(Refusal):
    """The issuer answers more than it was asked for."""

    code = "more_than_called"
    what = "{most} minor units are open, {asked} are recorded"
    fix = "Check the amount and the guarantee's id; record at most what is open"
