"""Why an export cannot be taken as a whole."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class BadForm(Refusal):
    """A form's own file is wrong."""

    code = "bad_form"
    sort = Sort.MALFORMED
    what = Text("这不是导出格式的定义：{reason}", "this is no form of an export: {reason}")
    fix = Text(
        "格式定义可以写什么，见 docs/import.md；或用 holdfast import FILE --write-map 起草",
        "See docs/import.md for what a form may say, or draft one with: holdfast import FILE --write-map",
    )


class ColumnLost(Refusal):
    """A file of a known form lacks a column without which it says too little."""

    code = "column_lost"
    sort = Sort.MALFORMED
    what = Text(
        "这像是{form}，但缺少记载{field}的列 {column}",
        "this looks like {form}, but the column {column}, which holds {field}, is missing",
    )
    fix = Text(
        "请导出全部列；或用 holdfast import FILE --write-map 自定格式",
        "Export it with all columns; or write a form of your own with: holdfast import FILE --write-map",
    )


class NoForm(Refusal):
    """No known form has the header of a file."""

    code = "no_form"
    sort = Sort.MALFORMED
    what = Text("没有格式与此文件的表头相符{like}", "no form is known that has the header of this file{like}")
    fix = Text(
        "请用 holdfast import FILE --write-map MAP.toml 起草，再用 --map MAP.toml 读取",
        "Draft one with: holdfast import FILE --write-map MAP.toml, and read the file with --map MAP.toml",
    )


class AmbiguousForm(Refusal):
    """Two forms fit a file equally well."""

    code = "ambiguous_form"
    sort = Sort.MALFORMED
    what = Text("它既是格式 {one}，又是格式 {other}", "it is of the form {one} and of the form {other}")
    fix = Text(
        "请用 --map 写明是哪一种格式，或自定格式",
        "Say which one with --map and the name of a form, or a form of your own",
    )


class NotOrders(Refusal):
    """A file is of a known form that holds no orders."""

    code = "not_orders"
    sort = Sort.MALFORMED
    what = Text(
        "这是{form}：其中没有订单，用于{purpose}", "this is {form}: it holds no orders, and is for {purpose}"
    )
    fix = Text("请导出订单本身，并给出该文件", "Export the orders themselves, and give that file")


class OptionsNeeded(Refusal):
    """An export lacks data that only the importing user can supply."""

    code = "options_needed"
    sort = Sort.MALFORMED
    what = Text("{form}没有写明{lacks}", "{form} does not say {lacks}")
    fix = Text("请用 {options} 写明", "Say it with {options}")


class PayLaterUnmarked(Refusal):
    """Orders paid after use are asked for, and the export does not mark them."""

    code = "pay_later_unmarked"
    sort = Sort.MALFORMED
    what = Text("{form}没有标明哪些订单是先用后付", "{form} does not mark which orders are paid after use")
    fix = Text(
        "请去掉 --only pay-later：将使用其全部订单",
        "Leave --only pay-later out: all of its orders are then played",
    )


class UnknownMap(Refusal):
    """A form is asked for that is neither shipped nor a file."""

    code = "unknown_map"
    sort = Sort.NOT_FOUND
    what = Text("没有此文件，也没有此名称的格式", "there is no such file, and no form of that name")
    fix = Text(
        "请给出自己的 .toml 文件，或选其一：{known}", "Name a .toml file of your own, or one of {known}"
    )


class StatementDisagrees(Refusal):
    """The last lines of a statement say something else than its rows."""

    code = "statement_disagrees"
    sort = Sort.MALFORMED
    what = Text(
        "{what}为 {found}，而末尾几行写的是 {told}：有行缺失或被改动",
        "{what} is {found}, and its last lines say {told}: rows are missing, or were changed",
    )
    fix = Text("请重新下载账单，并原样给出", "Download the statement again, and give it as it comes")
