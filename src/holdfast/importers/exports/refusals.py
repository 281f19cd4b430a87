"""Why an export cannot be taken as a whole."""

from holdfast.kernel.refusal import Refusal


class BadForm(Refusal):
    """A form's own file is wrong."""

    code = "bad_form"
    what = "this is no form of an export: {reason}"
    fix = "See docs/import.md for what a form may say, or draft one with: holdfast import FILE --write-map"


class ColumnLost(Refusal):
    """A file of a known form lacks a column without which it says too little."""

    code = "column_lost"
    what = "this looks like {form}, but the column {column}, which holds {field}, is missing"
    fix = "Export it with all columns; or write a form of your own with: holdfast import FILE --write-map"


class NoForm(Refusal):
    """No known form has the header of a file."""

    code = "no_form"
    what = "no form is known that has the header of this file{like}"
    fix = "Draft a form of your own with: holdfast import FILE --write-map MAP.toml, and read it with --map MAP.toml"


class AmbiguousForm(Refusal):
    """Two forms fit a file equally well."""

    code = "ambiguous_form"
    what = "it is of the form {one} and of the form {other}"
    fix = "Say which one with --map and the name of a form, or a form of your own"
