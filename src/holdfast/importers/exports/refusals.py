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
    fix = "Draft one with: holdfast import FILE --write-map MAP.toml, and read the file with --map MAP.toml"


class AmbiguousForm(Refusal):
    """Two forms fit a file equally well."""

    code = "ambiguous_form"
    what = "it is of the form {one} and of the form {other}"
    fix = "Say which one with --map and the name of a form, or a form of your own"


class NotOrders(Refusal):
    """A file is of a known form that holds no orders."""

    code = "not_orders"
    what = "this is {form}: it holds no orders, and is for {purpose}"
    fix = "Export the orders themselves, and give that file"


class OptionsNeeded(Refusal):
    """An export lacks what only whoever imports it knows."""

    code = "options_needed"
    what = "{form} does not say {lacks}"
    fix = "Say it with {options}"


class PayLaterUnmarked(Refusal):
    """Orders paid after use are asked for, and the export does not mark them."""

    code = "pay_later_unmarked"
    what = "{form} does not mark which orders are paid after use"
    fix = "Leave --only pay-later out: all of its orders are then played"


class UnknownMap(Refusal):
    """A form is asked for that is neither shipped nor a file."""

    code = "unknown_map"
    what = "there is no such file, and no form of that name"
    fix = "Name a .toml file of your own, or one of {known}"


class StatementDisagrees(Refusal):
    """The last lines of a statement say something else than its rows."""

    code = "statement_disagrees"
    what = "{what} is {found}, and its last lines say {told}: rows are missing, or were changed"
    fix = "Download the statement again, and give it as it comes"
