"""Explanation of how a file is read, before it is imported: form, columns, values, and open questions.

Personal data are masked: an explanation may be shown to others.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import islice

import msgspec

from holdfast.importers.exports.asking import Asked, needed
from holdfast.importers.exports.cleaning import bare, heading
from holdfast.importers.exports.columns import Columns
from holdfast.importers.exports.form import Form, Kind, Name
from holdfast.importers.exports.recognising import Recognised
from holdfast.importers.grids.grid import Value
from holdfast.kernel.refusal import Refusal

LOOKED_AT = 1_000
"""So many rows are looked at."""

VALUES = 3
"""So many values of a column are shown."""

PERSONAL = frozenset({Name.CONSUMER_ID, Name.PHONE, Name.ADDRESS, Name.TRACKING, Name.DEVICE})
"""Fields that tell who somebody is, or where."""


class FieldRead(msgspec.Struct, frozen=True):
    """A field, its columns (none: the file lacks it), and some of what stands there."""

    field: str
    columns: tuple[str, ...]
    values: tuple[str, ...]


class UnknownWord(msgspec.Struct, frozen=True):
    """A word of a state that the form does not know, and in how many of the rows looked at it stands."""

    column: str
    word: str
    rows: int


class Explanation(msgspec.Struct, frozen=True):
    """How one table is read. `header_row` counts from 1; `unused` are columns that nothing is read from.

    `options` have to be said before it can be taken; `choices` may be said, and change what is read.
    """

    file: str
    form: str
    zh: str
    en: str
    kind: str
    purpose: str
    tried: bool
    encoding: str | None
    delimiter: str | None
    header_row: int
    rows: str
    zone: str | None
    currency: str | None
    fields: tuple[FieldRead, ...]
    states: tuple[FieldRead, ...]
    unknown: tuple[UnknownWord, ...]
    options: tuple[str, ...]
    unused: int
    choices: tuple[str, ...] = ()
    purpose_zh: str = ""


def explain(table: Recognised, asked: Asked) -> Explanation:
    """Explain how a table is read.

    Raises:
        ColumnLost: it lacks a column that every file of its form has.
    """
    form, grid = table.form, table.grid
    columns = Columns(form, table.header, grid.name)
    rows = [*islice(_after_header(table), LOOKED_AT)]
    used = {heading(name) for name in form.columns()}
    names = [str(cell).strip() for cell in table.header]
    return Explanation(
        file=grid.name,
        form=form.name,
        zh=form.zh,
        en=form.en,
        kind=form.kind.value,
        purpose=form.purpose,
        purpose_zh=form.purpose_zh,
        tried=form.tried,
        encoding=grid.encoding,
        delimiter=grid.delimiter,
        header_row=table.row,
        rows=form.rows.value,
        zone=form.zone or asked.zone,
        currency=form.currency or asked.currency,
        fields=tuple(_field(form, columns, name, rows) for name in Name if name in form.fields),
        states=tuple(
            FieldRead("state", (word.place.name,), _seen(rows, word.place.at, form))
            for word in columns.states
        ),
        unknown=tuple(_unknown(columns, rows, form)),
        options=tuple(need.option for need in needed(form, columns, asked))
        if form.kind is Kind.ORDERS
        else (),
        unused=sum(1 for name in names if heading(name) not in used),
    )


def _after_header(table: Recognised) -> Sequence[Sequence[Value]]:
    rows = table.grid.rows()
    return [
        cells
        for number, cells in islice(rows, LOOKED_AT + table.row)
        if number > table.row and not isinstance(cells, Refusal)
    ]


def _field(form: Form, columns: Columns, name: Name, rows: Sequence[Sequence[Value]]) -> FieldRead:
    spots = columns.fields.get(name)
    if spots is None:
        return FieldRead(name.value, (), ())
    values = _seen(rows, spots.first[0].at, form)
    if name in PERSONAL or form.fields[name].personal:
        values = tuple(map(masked, values))
    return FieldRead(
        name.value, tuple(place.name for place in (*spots.first, *spots.add, *spots.subtract)), values
    )


def _seen(rows: Sequence[Sequence[Value]], at: int, form: Form) -> tuple[str, ...]:
    """Return some values of a column, each once."""
    empty = frozenset(form.empty)
    said = (bare(cells[at], empty) for cells in rows if at < len(cells))
    return tuple(islice(dict.fromkeys(text for text in said if text), VALUES))


def _unknown(columns: Columns, rows: Sequence[Sequence[Value]], form: Form) -> list[UnknownWord]:
    counts: Counter[tuple[str, str]] = Counter()
    empty = frozenset(form.empty)
    for place, meanings in columns.states:
        for cells in rows:
            said = bare(cells[place.at], empty) if place.at < len(cells) else ""
            if said and heading(said) not in meanings:
                counts[place.name, said] += 1
    return [UnknownWord(column, word, count) for (column, word), count in counts.most_common()]


def masked(text: str) -> str:
    """Return a text of which no more than its first character can be read.

    >>> masked("buyer66@example.com"), masked("")
    ('b***', '')
    """
    return f"{text[0]}***" if text else ""
