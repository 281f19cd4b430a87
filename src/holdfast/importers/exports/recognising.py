"""Which form a file is of: its header proves it, and with it how its bytes are read as text."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from holdfast.importers.exports.cleaning import heading
from holdfast.importers.exports.form import Form
from holdfast.importers.exports.refusals import AmbiguousForm, NoForm
from holdfast.importers.grids.grid import Grid, Value
from holdfast.kernel.text import Text, same

_LIKENESS = 0.5
_SHOWN = 8


class Recognised(NamedTuple):
    """A table of a file, its form, and its header: the row and the cells."""

    grid: Grid
    form: Form
    row: int
    header: Sequence[Value]


class _Match(NamedTuple):
    proven: int
    known: int
    found: Recognised


def recognise(grids: Sequence[Grid], forms: Sequence[Form], where: str) -> list[Recognised]:
    """Return every table of a file that is of a known form.

    A table that can be read in several ways is taken in the first under which a form's whole header is found.
    Of several forms whose header is there, the one that names most of the columns is meant.

    Raises:
        AmbiguousForm: two forms fit equally well.
        NoForm: none fits.
    """
    found: dict[str, Recognised] = {}
    for grid in grids:
        before = found.get(grid.name)
        if before is not None and (_as_it_should(before) or before.grid.encoding != grid.encoding):
            continue
        match = _match(grid, forms)
        if match is not None and (before is None or _as_it_should(match)):
            found[grid.name] = match
    if not found:
        raise _no_form(grids, forms, where)
    return [*found.values()]


def _as_it_should(found: Recognised) -> bool:
    """Tell whether a table is separated as its form says: a header alone may be separated by less."""
    return found.grid.delimiter in {None, found.form.delimiter}


def _match(grid: Grid, forms: Sequence[Form]) -> Recognised | None:
    matches = sorted(_matches(grid, forms), key=lambda match: (match.proven, match.known), reverse=True)
    if not matches:
        return None
    best, *others = matches
    for other in others:
        same = (other.proven, other.known) == (best.proven, best.known)
        if same and other.found.form.name != best.found.form.name:
            names = sorted((best.found.form.name, other.found.form.name))
            raise AmbiguousForm(grid.name, one=names[0], other=names[1])
    return best.found


def _matches(grid: Grid, forms: Sequence[Form]) -> Iterator[_Match]:
    for row, cells in grid.head():
        names = {heading(cell) for cell in cells}
        for form in forms:
            if form.alone and len(names - {""}) > len(form.header):
                continue
            if all(heading(name) in names for name in form.header):
                known = len({heading(name) for name in form.columns()} & names)
                yield _Match(len(form.header), known, Recognised(grid, form, row, cells))


def _no_form(grids: Sequence[Grid], forms: Sequence[Form], where: str) -> NoForm:
    """Return the refusal, with the form that is nearest and what it lacks, or with what the header says."""
    nearest, missing, share = "", [""], 0.0
    header: list[str] = []
    for grid in grids:
        for _, cells in grid.head():
            names = {heading(cell) for cell in cells} - {""}
            if len(names) > len(header):
                header = [str(cell).strip() for cell in cells]
            for form in forms:
                lacks = [name for name in form.header if heading(name) not in names]
                likeness = 1 - len(lacks) / len(form.header)
                if likeness > share:
                    nearest, missing, share = form.name, lacks, likeness
    if share >= _LIKENESS:
        near = Text("；最接近的是 {form}，缺少 {lacks}", "; nearest is {form}, of which it lacks {lacks}")
        like = near.fill(form=nearest, lacks=", ".join(missing[:_SHOWN]))
    else:
        begins = Text("；最宽的一行以 {cells} 开头", "; its widest row begins with {cells}")
        like = begins.fill(cells=", ".join(header[:_SHOWN])) if header else same("")
    return NoForm(where, like=like)
