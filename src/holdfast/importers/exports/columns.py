"""Where a form's fields stand in one file: its header looked through once, so that a row costs little."""

from collections.abc import Sequence
from typing import NamedTuple

from holdfast.importers.cells import BadCell
from holdfast.importers.exports.cleaning import amount, bare, heading
from holdfast.importers.exports.form import Form, Meaning, Name
from holdfast.importers.exports.refusals import ColumnLost
from holdfast.importers.grids.grid import Value
from holdfast.kernel.text import Text

_SHOWN_WORDS = 30


class Place(NamedTuple):
    """A column: its name as people see it in the file, and where it stands."""

    name: str
    at: int


class Spots(NamedTuple):
    """The columns of a field that the file has: in order of preference, added to it, taken off it."""

    first: tuple[Place, ...]
    add: tuple[Place, ...] = ()
    subtract: tuple[Place, ...] = ()

    @property
    def column(self) -> str:
        """Return the name of the column that is preferred."""
        return self.first[0].name


class Word(NamedTuple):
    """A column of states, its words by how `heading` writes them, and what each means."""

    place: Place
    meanings: dict[str, Meaning]


class Columns:
    """The columns of one file by the form's fields."""

    def __init__(self, form: Form, header: Sequence[Value], where: str) -> None:
        """Look for the form's columns in a header.

        Raises:
            ColumnLost: one that every file of the form has is not there.
        """
        self.form = form
        self.width = len(header)
        self._empty = frozenset(form.empty)
        places = {heading(name): Place(str(name).strip(), at) for at, name in reversed([*enumerate(header)])}

        def found(names: Sequence[str]) -> tuple[Place, ...]:
            return tuple(places[key] for key in map(heading, names) if key in places)

        self.fields: dict[Name, Spots] = {}
        for name, field in form.fields.items():
            first = found(field.columns)
            if first:
                self.fields[name] = Spots(first, found(field.add), found(field.subtract))
            elif name in {Name.ORDER_ID, Name.AMOUNT}:
                raise ColumnLost(where, form=form.name, column=field.columns[0], field=name.value)
        self.states = [
            Word(place, {heading(word): meaning for word, meaning in states.words.items()})
            for states in form.states
            for place in found(states.columns)[:1]
        ]
        self.leave_out = [
            (place, frozenset(map(heading, mark.words)))
            for mark in form.leave_out
            for place in found([mark.column])
        ]
        for states in form.states:
            if not states.optional and not found(states.columns):
                raise ColumnLost(where, form=form.name, column=states.columns[0], field="state")

    def text(self, cells: Sequence[Value], name: Name) -> tuple[str, str]:
        """Return a field's column and text in a row: of several columns the first that says something."""
        spots = self.fields.get(name)
        if spots is None:
            return "", ""
        for place in spots.first:
            said = bare(cells[place.at], self._empty)
            if said:
                return place.name, said
        return spots.column, ""

    def raw(self, cells: Sequence[Value], place: Place) -> Value | None:
        """Return the raw value in a column, with numbers as numbers; None where it is empty."""
        value = cells[place.at]
        return (bare(value, self._empty) or None) if isinstance(value, str) else value

    def fitted(self, cells: Sequence[Value]) -> Sequence[Value]:
        """Return a row as wide as the header: what is beyond it, or missing at its end, is nothing.

        Raises:
            BadCell: something stands beyond it.
        """
        if len(cells) == self.width:
            return cells
        beyond = [text for cell in cells[self.width :] if (text := bare(cell, self._empty))]
        if beyond:
            reason = Text(
                f"此行有 {len(cells)} 列，而表头有 {self.width} 列",
                f"the row has {len(cells)} columns where the header has {self.width}",
            )
            raise BadCell(
                "",
                beyond[0],
                reason,
                Text(
                    "单元格内的逗号或引号使各列错位：请重新导出",
                    "A comma or a quote within a cell has shifted them: export it again",
                ),
            )
        return [*cells[: self.width], *[""] * (self.width - len(cells))]

    def amount(self, cells: Sequence[Value], name: Name, code: str, *, filled: bool = False) -> int | None:
        """Return an amount of a row in minor units, None where it says none.

        `filled`: of several columns the first with more than nothing, where one has that.

        Raises:
            BadCell: it is no amount, or not exact in the currency.
        """
        spots = self.fields.get(name)
        if spots is None:
            return None
        found: int | None = None
        for place in spots.first:
            value = self._amount(cells, place, code)
            if value is not None and (found is None or (filled and not found)):
                found = value
            if found or (found is not None and not filled):
                break
        if found is None:
            return None
        more = sum(self._amount(cells, place, code) or 0 for place in spots.add)
        less = sum(abs(self._amount(cells, place, code) or 0) for place in spots.subtract)
        return found + more - less

    def _amount(self, cells: Sequence[Value], place: Place, code: str) -> int | None:
        value = self.raw(cells, place)
        return None if value is None else amount(place.name, value, self.form, code)

    def left_out(self, cells: Sequence[Value]) -> bool:
        """Tell whether a row is none of an order, by a word of its own."""
        return any(
            place.at < len(cells) and heading(bare(cells[place.at], self._empty)) in words
            for place, words in self.leave_out
        )

    def meanings(self, cells: Sequence[Value]) -> set[Meaning]:
        """Return the meanings of a row's states.

        Raises:
            BadCell: a word is not known.
        """
        found: set[Meaning] = set()
        for place, meanings in self.states:
            said = bare(cells[place.at], self._empty)
            if not said:
                continue
            meaning = meanings.get(heading(said))
            if meaning is None:
                known = ", ".join([*meanings][:_SHOWN_WORDS])
                fix = Text(
                    f"所知的有：{known}。请加入表单的状态，再用 --map 导入",
                    f"Known are: {known}. Add it to the states of the form, and import with --map",
                )
                raise BadCell(
                    place.name, said, Text("此状态的含义不明", "what this state means is not known"), fix
                )
            found.add(meaning)
        return found
