"""Why an export cannot be taken as a whole."""

from holdfast.kernel.refusal import Refusal


class BadForm(Refusal):
    """A form's own file is wrong."""

    code = "bad_form"
    what = "this is no form of an export: {reason}"
    fix = "See docs/import.md for what a form may say, or draft one with: holdfast import FILE --write-map"
