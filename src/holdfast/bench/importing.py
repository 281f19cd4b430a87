"""Files of any size imported, each in a process of its own: rows a second, beside the library's bare reading.

`python -m holdfast.bench.importing FILE` is that process; it writes one JSON document to stdout.
"""

import csv
import datetime as dt
import io
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median
from string import ascii_uppercase
from tempfile import TemporaryDirectory

import msgspec
from python_calamine import CalamineWorkbook

from holdfast.bench.core import Report, UnknownFigure
from holdfast.bench.figure import IMPORT_TARGETS, Figure, Measured, judge
from holdfast.bench.peak import peak_bytes
from holdfast.importers.bulk.gathering import Sources
from holdfast.importers.bulk.job import Targets, bring
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.form import Form
from holdfast.importers.exports.shelf import chosen
from holdfast.importers.plain_rows import FORM
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

_CSV_ROWS, _WIDE_ROWS, _SHEET_ROWS = 1_000_000, 200_000, 200_000
_QUICK = 20
WIDTH = 71
"""The most columns that a form of an export has."""

_SHEET_WIDTH = 40
_PAIRS = 3
"""So often each is measured in turn, as a machine is faster at one time than at another."""

_BYTES_PER_MB = 1_000_000
_DAY = dt.timedelta(days=1)
_FIRST = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - exports write what a clock on a wall shows
_SECONDS = 120 * 86_400

Row = Sequence[str]


class ImportFailed(Refusal):
    """The process that imports did not come to its end."""

    code = "import_failed"
    sort = Sort.TROUBLE
    what = Text("{file} 的导入以 {reason} 结束", "the import of {file} ended with {reason}")
    fix = Text(
        "请用自己的文件运行 `holdfast import {file} -o orders.parquet` 查看它的输出",
        "Run `holdfast import {file} -o orders.parquet` on a file of yours and see what it says",
    )


class Done(msgspec.Struct, frozen=True):
    """What the process reports: orders, seconds, and the peak with and without the import, in bytes."""

    orders: int
    seconds: float
    peak_bytes: int
    loaded_bytes: int


def measure(only: Collection[str], report: Report, *, quick: bool) -> list[Figure]:
    """Measure, and return the figures in their order.

    Args:
        only: figures that are asked for; none: all.
        report: is told how far it is.
        quick: a twentieth of the rows: a rough look.

    Raises:
        UnknownFigure: a name is none of `figure.IMPORT_TARGETS`.
        ImportFailed: a process failed, with what it said last.
    """
    for name in only:
        if name not in IMPORT_TARGETS:
            raise UnknownFigure("--only", name=name, known=", ".join(IMPORT_TARGETS))
    names = [name for name in IMPORT_TARGETS if not only or name in only]
    share = _QUICK if quick else 1
    found: dict[str, Measured] = {}
    with TemporaryDirectory() as folder:
        if {"csv_rows_per_s", "peak_mb"} & set(names):
            found |= _plain(Path(folder), _CSV_ROWS // share, lambda part: report("csv", part))
        if "widest_ratio" in names:
            found |= _widest(Path(folder), _WIDE_ROWS // share, lambda part: report("widest", part))
        if "xlsx_rows_per_s" in names:
            found |= _workbook(Path(folder), _SHEET_ROWS // share, lambda part: report("xlsx", part))
    return [judge(name, found.get(name)) for name in names]


def _plain(folder: Path, rows: int, tell: Callable[[float], None]) -> dict[str, Measured]:
    path = folder / "orders.csv"
    write(path, "utf-8", _plain_rows(rows))
    tell(0.4)
    bare = _bare_csv(path, "utf-8")
    tell(0.5)
    done = imported(path)
    path.unlink()
    tell(1.0)
    return {
        "csv_rows_per_s": Measured(rows / done.seconds, rows / bare),
        "peak_mb": Measured(done.peak_bytes / _BYTES_PER_MB, done.loaded_bytes / _BYTES_PER_MB),
    }


def _widest(folder: Path, rows: int, tell: Callable[[float], None]) -> dict[str, Measured]:
    """Measure the widest forms, one of whole orders and one of lines; the worse of the two is the figure."""
    ratios: list[float] = []
    for number, (name, make, encoding) in enumerate(WIDEST, start=1):
        form = next(form for form in chosen() if form.name == name)
        path = folder / f"{name}.csv"
        write(path, encoding, make(form, rows))
        pairs = [(_bare_csv(path, encoding), imported(path).seconds) for _ in range(_PAIRS)]
        ratios.append(median(whole / bare for bare, whole in pairs))
        path.unlink()
        tell(number / len(WIDEST))
    return {"widest_ratio": Measured(max(ratios), 1.0)}


def _workbook(folder: Path, rows: int, tell: Callable[[float], None]) -> dict[str, Measured]:
    path = folder / "orders.xlsx"
    form = next(form for form in chosen() if form.name == "kuaishou")
    _write_workbook(path, _kuaishou(form, rows))
    tell(0.4)
    began = time.perf_counter()
    book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    assert sum(1 for _ in book.get_sheet_by_index(0).iter_rows()) == rows + 1
    bare = time.perf_counter() - began
    tell(0.6)
    done = imported(path)
    tell(1.0)
    return {"xlsx_rows_per_s": Measured(rows / done.seconds, rows / bare)}


def _bare_csv(path: Path, encoding: str) -> float:
    began = time.perf_counter()
    with path.open(encoding=encoding, newline="") as file:
        for _ in csv.reader(file):
            pass
    return time.perf_counter() - began


def imported(path: Path) -> Done:
    """Import a file, in a process of its own.

    Raises:
        ImportFailed: it failed, with what it said last.
    """
    command = [sys.executable, "-m", __name__, str(path)]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - ourselves
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {done.returncode}"]
        raise ImportFailed("bench", file=path.name, reason=said[-1])
    return msgspec.json.decode(done.stdout, type=Done)


def _import(path: Path) -> Done:
    loaded = peak_bytes()
    began = time.perf_counter()
    asked = Asked("shop", "Asia/Shanghai", "CNY", each_consumer=True)
    told = bring(Sources([path], chosen()), asked, Targets(path.with_suffix(".parquet")))
    return Done(told.orders, time.perf_counter() - began, peak_bytes(), loaded)


def write(path: Path, encoding: str, rows: Iterable[Row]) -> None:
    """Write rows as CSV."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)


def _plain_rows(count: int) -> Iterator[Row]:
    yield [*FORM.required, "shipped_at", "delivered_at", "title"]
    chance = random.Random(1)  # noqa: S311 - a file to read, no secret
    for number in range(count):
        placed = _FIRST + dt.timedelta(seconds=chance.randrange(_SECONDS))
        times = [f"{(placed + days * _DAY).isoformat()}Z" for days in (0, 1, 4)]
        parties = [f"m-{chance.randrange(2_000)}", f"c-{chance.randrange(count)}"]
        yield [f"o-{number}", *parties, "CNY", _price(chance), *times, f"商品 {number % 500}"]


def _taobao(form: Form, count: int) -> Iterator[Row]:
    """Give rows of an order each, as Taobao writes them: ids guarded, buyers by their names."""
    header = _header(form)
    yield header
    chance = random.Random(2)  # noqa: S311 - as above
    filled = _filling(header)
    for number in range(count):
        placed = _FIRST + dt.timedelta(seconds=chance.randrange(_SECONDS))
        price = _price(chance)
        yield _row(
            header,
            filled,
            {
                "订单编号": f'="42899{10**13 + number * 7 + 1}"',
                "买家会员名": f"tb_买家{chance.randrange(count)}",
                "买家实际支付金额": price,
                "总金额": price,
                "订单状态": "交易成功",
                "订单创建时间": str(placed),
                "订单付款时间": str(placed + _DAY / 24),
                "发货时间": str(placed + _DAY),
                "确认收货时间": str(placed + 5 * _DAY),
                "宝贝标题": f"样例商品 {number % 500}",
                "店铺名称": "样例店",
                "退款金额": "0.00",
            },
        )


def _shopify(form: Form, count: int) -> Iterator[Row]:
    """Give rows of orders of one line or two, as Shopify writes them: the second line has its goods alone."""
    header = _header(form)
    yield header
    chance = random.Random(3)  # noqa: S311 - as above
    filled = _filling(header)
    number = rows = 0
    while rows < count:
        number += 1
        placed = _FIRST + dt.timedelta(seconds=chance.randrange(_SECONDS))
        shown = f"{placed} +0800"
        yield _row(
            header,
            filled,
            {
                "Name": f"#{number}",
                "Email": f"buyer{chance.randrange(count)}@example.com",
                "Financial Status": "paid",
                "Fulfillment Status": "fulfilled",
                "Paid at": shown,
                "Fulfilled at": f"{placed + _DAY} +0800",
                "Created at": shown,
                "Currency": "CNY",
                "Total": _price(chance),
                "Lineitem name": f"Sample {number % 500}",
            },
        )
        rows += 1
        if number % 3 == 0 and rows < count:
            yield _row(header, {}, {"Name": f"#{number}", "Lineitem name": "More", "Lineitem price": "1.00"})
            rows += 1


def _kuaishou(form: Form, count: int) -> Iterator[Row]:
    header = _header(form, _SHEET_WIDTH)
    yield header
    chance = random.Random(4)  # noqa: S311 - as above
    filled = _filling(header)
    for number in range(count):
        placed = _FIRST + dt.timedelta(seconds=chance.randrange(_SECONDS))
        yield _row(
            header,
            filled,
            {
                "订单号": str(2_412_300_040_000_001 + number * 7),
                "订单创建时间": str(placed),
                "订单支付时间": str(placed + _DAY / 24),
                "发货时间": str(placed + _DAY),
                "订单状态": "已发货",
                "实付款": f"¥{_price(chance)}",
                "成交数量": "1",
                "商品名称": f"样例商品 {number % 500}",
            },
        )


WIDEST: tuple[tuple[str, Callable[[Form, int], Iterator[Row]], str], ...] = (
    ("taobao", _taobao, "gb18030"),
    ("shopify", _shopify, "utf-8"),
)


def _header(form: Form, width: int = WIDTH) -> list[str]:
    named = [*dict.fromkeys((*form.header, *form.columns()))][:width]
    return [*named, *(f"备注{number}" for number in range(width - len(named)))]


def _filling(header: Row) -> dict[str, str]:
    """Return what stands in columns that nobody reads: a third of them is filled."""
    return {
        name: "是 0.00元" for number, name in enumerate(header) if name.startswith("备注") and number % 3 == 0
    }


def _row(header: Row, filled: dict[str, str], said: dict[str, str]) -> Row:
    return [said.get(name) or filled.get(name, "") for name in header]


def _price(chance: random.Random) -> str:
    return f"{chance.randrange(10, 900)}.{chance.randrange(100):02}"


def _write_workbook(path: Path, rows: Iterator[Row]) -> None:
    """Write the least that is a workbook (ECMA-376), its texts within its cells."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, text in _PARTS.items():
            book.writestr(name, text)
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for number, row in enumerate(rows, start=1):
                cells = "".join(
                    f'<c r="{letters(at)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
                    for at, cell in enumerate(row)
                    if cell
                )
                sheet.write(f'<row r="{number}">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")


def letters(column: int) -> str:
    """Return the name of a column, of the first 702.

    >>> [letters(at) for at in (0, 25, 26, 51, 701)]
    ['A', 'Z', 'AA', 'AZ', 'ZZ']
    """
    first, last = divmod(column, len(ascii_uppercase))
    return (ascii_uppercase[first - 1] if first else "") + ascii_uppercase[last]


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KINDS}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KINDS}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" '
    f'Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets>'
    '<sheet name="orders" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" '
    f'Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


if __name__ == "__main__":
    try:
        sys.stdout.buffer.write(msgspec.json.encode(_import(Path(sys.argv[1]))))
    except Refusal as refusal:
        sys.exit(str(refusal))
