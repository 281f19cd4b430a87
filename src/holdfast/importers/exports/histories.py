"""Files of known forms made one history: several at once, and the same order in more than one of them."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from holdfast.importers.cells import BadCell
from holdfast.importers.exports.asking import Asked, needed
from holdfast.importers.exports.form import Form, Kind, Name
from holdfast.importers.exports.found import Found, State
from holdfast.importers.exports.playable import Maker, as_it_happened
from holdfast.importers.exports.reading import Reader
from holdfast.importers.exports.recognising import Recognised, recognise
from holdfast.importers.exports.refusals import NotOrders, OptionsNeeded, PayLaterUnmarked
from holdfast.importers.grids.open_grids import DELIMITERS, grids
from holdfast.importers.history import History, HistoryOrder, LeftOut, Origin, Progress, Reject, Repair
from holdfast.importers.plain import already, nothing_taken, other_currency
from holdfast.importers.refusals import EmptyFolder, SourceNotFound, SourceUnreadable
from holdfast.importers.wall import Wall
from holdfast.kernel.zones import UTC


class _Taken(NamedTuple):
    """An order that was taken, and where."""

    table: int
    file: str
    row: int
    currency: str
    order: HistoryOrder
    repairs: Sequence[Repair]


def files_of(sources: Sequence[str]) -> list[Path]:
    """Return the files that are meant: those that are named, and those in folders that are named, by name.

    Raises:
        SourceNotFound, SourceUnreadable: nothing is there, or it cannot be looked into.
        EmptyFolder: a folder holds no file.
    """
    files: list[Path] = []
    for source in sources:
        path = Path(source).expanduser()
        try:
            if path.is_dir():
                files += _files_in(path)
            elif path.exists():
                files.append(path)
            else:
                raise SourceNotFound(source)
        except OSError as error:
            raise SourceUnreadable(source, reason=error.strerror or str(error)) from error
    return files


def _files_in(folder: Path) -> list[Path]:
    files = sorted(each for each in folder.iterdir() if each.is_file() and not each.name.startswith("."))
    if not files:
        raise EmptyFolder(str(folder))
    return files


def tables(path: Path, forms: Sequence[Form]) -> list[Recognised]:
    """Return the tables of a file that are of a known form.

    Raises:
        NoForm, AmbiguousForm: its header is of none, or of two.
        Refusal: it cannot be read; see `grids`.
    """
    encodings = dict.fromkeys(each for form in forms for each in form.encodings)
    delimiters = dict.fromkeys((*DELIMITERS, *(form.delimiter for form in forms)))
    return recognise(grids(path, [*encodings], [*delimiters]), forms, str(path))


def read_exports(
    paths: Sequence[Path], forms: Sequence[Form], asked: Asked, progress: Progress | None = None
) -> History:
    """Read exports of marketplaces as one history. Of an order that is in several, the last one counts.

    Raises:
        NoForm, AmbiguousForm, ColumnLost, NotOrders: a file is of no form of orders.
        OptionsNeeded, PayLaterUnmarked: it lacks what no option says.
        NoOrders: no row could be taken.
        Refusal: a file cannot be read; see `grids`.
    """
    gathering = _Gathering(paths, asked)
    for number, path in enumerate(paths):

        def advance(share: float, number: int = number) -> None:
            if progress:
                progress((number + share) / len(paths))

        for table in tables(path, forms):
            gathering.read(table, advance)
    if progress:
        progress(1.0)
    return gathering.history()


class _Gathering:
    """The orders of all files."""

    def __init__(self, paths: Sequence[Path], asked: Asked) -> None:
        self._source = ", ".join(map(str, paths))
        self._paths = paths
        self._asked = asked if asked.key else asked._replace(key=key_of(paths))
        self._taken: dict[str, _Taken] = {}
        self._rejects: list[Reject] = []
        self._unpaid: set[str] = set()
        self._left_out: Counter[LeftOut] = Counter()
        self._zones: dict[str, Wall] = {}
        self._others: list[NotOrders] = []
        self._tables = 0

    def read(self, table: Recognised, advance: Progress) -> None:
        """Read the orders of one table."""
        form, name = table.form, table.grid.name
        if form.kind is not Kind.ORDERS:
            self._others.append(NotOrders(name, form=form.en, purpose=form.purpose))
            return
        self._tables += 1
        wall = self._wall(form)
        reader = Reader(table, wall, self._asked.currency)
        check_asked(table, reader, self._asked)
        maker = Maker(form, name, self._asked)
        for reading in reader.orders(advance):
            self._rejects += reading.rejects
            if reading.found is not None:
                self._take(name, reading.found, reading.odd, maker)
        self._left_out[LeftOut.NO_ORDER] += reader.left_out

    def _wall(self, form: Form) -> Wall:
        zone = form.zone or self._asked.zone or UTC
        return self._zones.setdefault(zone, Wall(zone))

    def _take(self, file: str, found: Found, odd: Sequence[Repair], maker: Maker) -> None:
        if self._asked.only_pay_later and not found.pay_later:
            self._left_out[LeftOut.NOT_PAY_LATER] += 1
            return
        try:
            made = None if found.state is State.UNPAID else maker.make(found)
            self._check_once(found)
        except BadCell as bad:
            self._rejects.append(bad.at(file, found.row))
            return
        self._replace(found.order_id)
        if made is None:
            self._unpaid.add(found.order_id)
            return
        self._unpaid.discard(found.order_id)
        self._taken[found.order_id] = _Taken(
            self._tables,
            file,
            found.row,
            made.currency,
            *as_it_happened(made, odd, file, found.row),
        )

    def _check_once(self, found: Found) -> None:
        before = self._taken.get(found.order_id)
        if before is not None and before.table == self._tables:
            raise already(found.order_id, before.row)

    def _replace(self, order_id: str) -> None:
        """Forget what an earlier file said of an order."""
        if self._taken.pop(order_id, None) is not None:
            self._left_out[LeftOut.REPLACED] += 1

    def history(self) -> History:
        """Return what was read as a history.

        Raises:
            NotOrders: no table was one of orders.
            NoOrders: there is not one order.
        """
        if not self._tables:
            raise self._others[0]
        self._left_out[LeftOut.OTHER_TABLE] += len(self._others)
        if not self._taken:
            raise nothing_taken(self._paths[0], len(self._rejects), self._rejects, len(self._unpaid))
        currency = Counter(each.currency for each in self._taken.values()).most_common(1)[0][0]
        orders: list[HistoryOrder] = []
        repairs: list[Repair] = []
        origins: dict[str, Origin] = {}
        for _, file, row, code, order, changed in self._taken.values():
            if code != currency:
                self._rejects.append(other_currency(code, currency).at(file, row))
                continue
            orders.append(order)
            repairs += changed
            origins[order.id] = Origin(file, row)
        orders.sort(key=lambda order: (order.placed_at, order.id))
        walls = self._zones.values()
        return History(
            self._source,
            currency,
            orders,
            sorted(self._rejects, key=lambda reject: (reject.file, reject.row)),
            (),
            sorted(repairs, key=lambda repair: (repair.file, repair.row)),
            origins,
            ", ".join(self._zones),
            sum(wall.assumed for wall in walls),
            len(self._unpaid),
            sum(wall.dates for wall in walls),
            dict(self._left_out),
        )


def check_asked(table: Recognised, reader: Reader, asked: Asked) -> None:
    """Check that what a table lacks was said.

    Raises:
        OptionsNeeded, PayLaterUnmarked: it was not.
    """
    form, name = table.form, table.grid.name
    if needs := needed(form, reader.columns, asked):
        lacks = "; nor ".join(need.lacks for need in needs)
        raise OptionsNeeded(name, form=form.en, lacks=lacks, options=" ".join(need.option for need in needs))
    if asked.only_pay_later and Name.PAY_LATER not in reader.columns.fields:
        raise PayLaterUnmarked(name, form=form.en)


def key_of(paths: Sequence[Path]) -> bytes:
    """Return a key that only those can make who have the very files."""
    digests: list[bytes] = []
    for path in paths:
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").digest())
    return hashlib.sha256(b"".join(sorted(digests))).digest()
