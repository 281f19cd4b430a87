"""docs/forms.md: every form of an export that is shipped, as its file says it."""

from collections.abc import Iterator, Sequence

from holdfast.importers.exports.form import Form, Kind, Meaning, Name
from holdfast.importers.exports.shelf import shipped
from holdfast.importers.grids.grid import HEAD

_INTRODUCTION = """\
# Forms of exports

Generated from the files in `src/holdfast/importers/exports/shipped`. A file is of a form if one of its first
{head} rows holds every column of its header, however many more there are. *Tried*: read from samples in the
platform's own form; the others follow headers that public parsers show, and wait for a file.
[Importing](import.md) says how they are read.
"""
_TIMES = (Name.PLACED_AT, Name.PAID_AT, Name.SHIPPED_AT, Name.DELIVERED_AT, Name.CANCELLED_AT)


def document() -> str:
    """Return the document."""
    orders = [form for form in shipped() if form.kind is Kind.ORDERS]
    others = [form for form in shipped() if form.kind is not Kind.ORDERS]
    lines = [
        _INTRODUCTION.format(head=HEAD),
        "## Orders",
        "",
        "| form | what it is | tried | a row is | amount | times | to be asked |",
        "|---|---|---|---|---|---|---|",
        *map(_row, orders),
        "",
        "## Beside orders",
        "",
        "Recognised, and refused where no orders stand beside them, with what they are for.",
        "",
        "| form | what it is | tried | for |",
        "|---|---|---|---|",
        *(f"| `{form.name}` | {form.zh} · {form.en} | {_yes(form)} | {form.purpose} |" for form in others),
        "",
        *_words([*orders, *others]),
        "## Where they were seen",
        "",
        *(f"- `{form.name}`: {form.seen}." for form in shipped()),
    ]
    return "\n".join(lines) + "\n"


def _row(form: Form) -> str:
    amount = form.fields[Name.AMOUNT]
    how = f"{amount.columns[0]}, {amount.lines.value}" if amount.lines.value == "sum" else amount.columns[0]
    times = ", ".join(name.value.removesuffix("_at") for name in _TIMES if name in form.fields)
    cells = [f"`{form.name}`", f"{form.zh} · {form.en}", _yes(form), form.rows.value, how, times]
    return f"| {' | '.join([*cells, ', '.join(_asked(form)) or 'nothing'])} |"


def _yes(form: Form) -> str:
    return "yes" if form.tried else "no"


def _asked(form: Form) -> Iterator[str]:
    if Name.MERCHANT_ID not in form.fields:
        yield "merchant"
    if Name.CONSUMER_ID not in form.fields:
        yield "consumer"
    if form.zone is None and not form.offsets:
        yield "zone"
    if form.currency is None and Name.CURRENCY not in form.fields:
        yield "currency"


def _words(forms: Sequence[Form]) -> Iterator[str]:
    yield "## States"
    yield ""
    yield "What the platforms' words mean. A word that is in none of these lists is a reject."
    yield ""
    yield "| form | column | words |"
    yield "|---|---|---|"
    for form in forms:
        for states in form.states:
            by_meaning: dict[Meaning, list[str]] = {}
            for word, meaning in states.words.items():
                by_meaning.setdefault(meaning, []).append(word)
            words = "; ".join(f"*{meaning.value}*: {', '.join(said)}" for meaning, said in by_meaning.items())
            yield f"| `{form.name}` | {states.columns[0]} | {words} |"
    yield ""
