"""Reading a market file: every number there once, in its unit, possible, and with its source."""

import datetime as dt
import hashlib
import math
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple, cast, get_args, get_type_hints

import msgspec

from holdfast.kernel import clock
from holdfast.kernel.clock import UNITS
from holdfast.kernel.currencies import EXPONENTS
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text, same
from holdfast.lab.distributions import (
    FAMILIES,
    IN_UNITS,
    Beta,
    Constant,
    Distribution,
    Uniform,
    impossible,
    scaled,
)
from holdfast.lab.market import (
    Adversary,
    Category,
    Consumers,
    Guarantees,
    Market,
    Measure,
    Merchants,
    Number,
    Parts,
    People,
    Period,
    Season,
)
from holdfast.policy_files.reading import BEGIN_WITH_NAME, NO_SOURCE, UNKNOWN_KEY
from holdfast.policy_files.sourced import document, line, near

DEMO = "demo"

_UNITS: dict[Measure, dict[str, float]] = {
    Measure.TIME: {name: float(length) for name, length in UNITS.items()},
    Measure.SHARE: {"percent": 0.01, "share": 1.0},
    Measure.MONEY: {"minor units": 1.0},
    Measure.COUNT: {"count": 1.0, "per day": 1.0, "days": 1.0},
    Measure.FACTOR: {"factor": 1.0, "percent": 0.01},
    Measure.FLAG: {"yes or no": 1.0},
}

_GROUPS: dict[str, type[msgspec.Struct]] = {
    "period": Period,
    "merchants": Merchants,
    "consumers": Consumers,
    "people": People,
    "guarantees": Guarantees,
    "parts": Parts,
}
_LISTS: dict[str, type[msgspec.Struct]] = {"category": Category, "season": Season}
_TOP = ("name", "currency", "start", *_GROUPS, *_LISTS, "adversary")


class BadMarket(Refusal):
    """A market file is not valid."""

    code = "bad_market"
    sort = Sort.MALFORMED
    what = same("{reason}")
    fix = same("{remedy}")


class SourcedNumber(NamedTuple):
    """One number as it stands in a file, for documents: where, in which words, and from where."""

    place: str
    meaning: str
    written: str
    unit: str
    source: str


_ALLOWED = Text("{near}可写：{known}", "{near}Allowed are {known}")
_USE = Text("请用 {known}", "Use {known}")
_OUT = Text("{value} 超出范围", "{value} is out of range")


def _refuse(where: str, reason: Text, remedy: Text) -> Refusal:
    return BadMarket(where, reason=reason, remedy=remedy)


def numbers_of(kind: type[msgspec.Struct]) -> dict[str, Number]:
    """Return the numbers of a part of a market by their names, in the order of the model."""
    hints = get_type_hints(kind, include_extras=True)
    return {
        name: extra
        for name, hint in hints.items()
        for extra in get_args(hint)[1:]
        if isinstance(extra, Number)
    }


class _Reader:
    """Reads one file; `told` collects the numbers that documents print."""

    def __init__(self, text: str, origin: str) -> None:
        self._text = text
        self._origin = origin
        self.told: list[SourcedNumber] = []

    def _at(self, group: str, name: str) -> str:
        return f"{self._origin}, line {line(self._text, name, group)}, {group}.{name}"

    def part(self, kind: type[msgspec.Struct], group: str, table: Any, *, named: str | None = None) -> Any:
        """Return a part of the market from its table; `named` is its name, where it has one."""
        if not isinstance(table, dict):
            raise _refuse(
                f"{self._origin}, {group}",
                Text("这不是表", "this is no table"),
                Text(f"请写 [{group}]", f"Write [{group}]"),
            )
        entries = cast("dict[str, Any]", table)
        known = numbers_of(kind)
        fields: dict[str, Any] = {} if named is None else {"name": named}
        for name, raw in entries.items():
            if name == "name" and named is not None:
                continue
            where = self._at(group, name)
            if name not in known:
                raise _refuse(
                    where, UNKNOWN_KEY, _ALLOWED.fill(near=near(name, known), known=", ".join(known))
                )
            fields[name] = self._number(where, f"{named or group}.{name}", known[name], raw)
        required = {field.encode_name for field in msgspec.structs.fields(kind) if field.required}
        missing = sorted(required - fields.keys() - {"name"})
        if missing:
            at = f"{self._origin}, line {line(self._text, '', group)}, {group}"
            lacks = Text("缺少数字：{names}", "numbers are missing: {names}").fill(names=", ".join(missing))
            raise _refuse(at, lacks, Text("请从市场 demo 复制", "Copy them from the market demo"))
        return kind(**fields)

    def _number(self, where: str, place: str, known: Number, raw: Any) -> Any:
        if not isinstance(raw, dict):
            raise _refuse(
                where,
                Text("这不是带单位和来源的数字", "this is no number with its unit and source"),
                _form(known),
            )
        entry = dict(cast("dict[str, Any]", raw))
        unit, source = entry.pop("unit", None), entry.pop("source", None)
        units = _UNITS[known.measure]
        if unit not in units:
            wrong = Text("单位 {unit!r} 不用于 {of}", "unit {unit!r} is not a unit of {of}")
            raise _refuse(where, wrong.fill(unit=unit, of=known.measure), _USE.fill(known=", ".join(units)))
        if not isinstance(source, str) or not source.strip():
            raise _refuse(
                where,
                NO_SOURCE,
                Text("请写明所依据的数据、法条或惯例", "Name the data, the law or the practice behind it"),
            )
        written = ", ".join(f"{key} {value}" for key, value in entry.items())
        self.told.append(SourcedNumber(place, known.meaning, written, str(unit), source))
        if known.drawn:
            return self._drawn(where, known, entry, units[unit])
        return self._plain(where, known, entry, units[unit])

    def _plain(self, where: str, known: Number, entry: dict[str, Any], factor: float) -> Any:
        value = entry.pop("value", None)
        flag = known.measure is Measure.FLAG
        if entry or isinstance(value, bool) is not flag or not isinstance(value, (bool, int, float)):
            raise _refuse(where, Text("这不是所要的数字", "this is no such number"), _form(known))
        if flag:
            return value
        found = value * factor
        whole = known.measure is Measure.COUNT
        if (
            not math.isfinite(found)
            or not known.low <= found <= known.high
            or (whole and found != int(found))
        ):
            raise _refuse(where, _OUT.fill(value=f"{value:g}"), _bounds(known, factor))
        return int(found) if whole else found

    def _drawn(self, where: str, known: Number, entry: dict[str, Any], factor: float) -> Distribution:
        family = str(entry.pop("distribution", "constant"))
        if family not in FAMILIES:
            raise _refuse(
                where,
                Text("没有分布 {name!r}", "there is no distribution {name!r}").fill(name=family),
                Text("{near}请用 {known}", "{near}Use {known}").fill(
                    near=near(family, FAMILIES), known=", ".join(FAMILIES)
                ),
            )
        kind = FAMILIES[family]
        takes = Text("{family} 的参数是 {names}", "{family} takes {names}").fill(
            family=family, names=", ".join(kind.bounds)
        )
        if {bool} & {type(value) for value in entry.values()}:
            raise _refuse(where, Text("有一个参数不是数字", "a parameter is no number"), takes)
        try:
            found = msgspec.convert(entry, kind, strict=True)
        except msgspec.ValidationError as error:
            raise _refuse(where, same(error), takes) from error
        if known.measure is Measure.SHARE and not isinstance(found, Constant | Uniform | Beta):
            raise _refuse(
                where,
                Text("比例不能用 {family}：会超过 1", "a share cannot be {family}: it would exceed 1").fill(
                    family=family
                ),
                Text("请用 constant、uniform 或 beta", "Use constant, uniform or beta"),
            )
        wrong = impossible(scaled(found, factor) if isinstance(found, Beta) else found)
        if wrong is not None:
            cannot = Text("此分布不成立：{wrong}", "this distribution is impossible: {wrong}")
            mend = Text("请改正所指的数", "Mend the number that is named")
            raise _refuse(where, cannot.fill(wrong=wrong), mend)
        canonical = scaled(found, factor)
        for name in IN_UNITS[family]:
            if not known.low <= getattr(canonical, name) <= known.high:
                value = getattr(found, name)
                raise _refuse(where, _OUT.fill(value=f"{name} = {value:g}"), _bounds(known, factor))
        return canonical


def _form(known: Number) -> Text:
    unit = next(iter(_UNITS[known.measure]))
    value = "true" if known.measure is Measure.FLAG else "3"
    plain = f'{{ value = {value}, unit = "{unit}", source = "…" }}'
    if not known.drawn:
        return Text(f"请写 {plain}", f"Write {plain}")
    drawn = f'{{ distribution = "gamma", mean = 3, shape = 2, unit = "{unit}", source = "…" }}'
    return Text(f"请写 {plain}，或 {drawn}", f"Write {plain}, or {drawn}")


def _bounds(known: Number, factor: float) -> Text:
    low, high = f"{known.low / factor:g}", f"{known.high / factor:g}"
    return Text(f"可填 {low} 至 {high}", f"Allowed are {low} to {high}")


def read_text(text: str, origin: str) -> tuple[Market, list[SourcedNumber]]:
    """Return the market of a TOML text, and its numbers as they are written there.

    Raises:
        BadMarket: something is unknown, missing, malformed or impossible; it names line, key and the allowed
            values.
    """
    content = document(text, origin, _refuse)
    for name in content:
        if name not in _TOP:
            at = f"{origin}, line {line(text, name)}, {name}"
            raise _refuse(at, UNKNOWN_KEY, _ALLOWED.fill(near=near(name, _TOP), known=", ".join(_TOP)))
    reader = _Reader(text, origin)
    name, currency = content.get("name"), content.get("currency")
    if not isinstance(name, str) or not name:
        raise _refuse(origin, Text("市场没有名称", "the market has no name"), BEGIN_WITH_NAME)
    if currency not in EXPONENTS:
        at = f"{origin}, line {line(text, 'currency')}, currency"
        wrong = Text("{currency!r} 不是币种", "{currency!r} is no currency").fill(currency=currency)
        raise _refuse(at, wrong, Text("请用 ISO 4217 代码，如 CNY", "Use a code of ISO 4217, such as CNY"))
    parts = {group: reader.part(kind, group, content.get(group, {})) for group, kind in _GROUPS.items()}
    categories = _listed(reader, content, "category", origin)
    if not categories or not math.isclose(sum(one.share for one in categories), 1, abs_tol=1e-6):
        at = f"{origin}, line {line(text, '[category')}, category"
        wrong = Text("各类别的份额合计不是 100%", "the shares of the categories do not add up to 100 percent")
        raise _refuse(at, wrong, Text("请改正", "Mend them"))
    adversaries = tuple(
        reader.part(Adversary, f"adversary.{kind}", table, named=kind)
        for kind, table in cast("dict[str, Any]", content.get("adversary", {})).items()
    )
    if sum(one.share for one in adversaries) > 1:
        at = f"{origin}, line {line(text, '[adversary')}, adversary"
        raise _refuse(
            at,
            Text("对手多于商家", "there are more adversaries than merchants"),
            Text("其份额合计最多 100%", "Their shares may add up to 100 percent"),
        )
    market = Market(
        name=name,
        currency=str(currency),
        start=_start(text, origin, content.get("start")),
        **parts,
        categories=categories,
        seasons=_listed(reader, content, "season", origin),
        adversaries=adversaries,
    )
    digest = hashlib.sha256(msgspec.json.encode(market, order="deterministic")).hexdigest()[:12]
    return msgspec.structs.replace(market, digest=digest), reader.told


def _listed(reader: _Reader, content: dict[str, Any], group: str, origin: str) -> tuple[Any, ...]:
    found: list[Any] = []
    tables = content.get(group, [])
    if not isinstance(tables, list):
        raise _refuse(
            f"{origin}, {group}",
            Text("这不是表的列表", "this is no list of tables"),
            Text(f"请写 [[{group}]]", f"Write [[{group}]]"),
        )
    for table in cast("list[Any]", tables):
        name = cast("dict[str, Any]", table).get("name") if isinstance(table, dict) else None
        if not isinstance(name, str) or not name or " " in name:
            raise _refuse(
                f"{origin}, {group}",
                Text("其中一个没有名称", "one of them has no name"),
                Text('请写 name = "toys"', 'Write name = "toys"'),
            )
        found.append(reader.part(_LISTS[group], group, table, named=name))
    return tuple(found)


def _start(text: str, origin: str, raw: Any) -> int:
    if isinstance(raw, dt.date) and not isinstance(raw, dt.datetime):
        return clock.parse(raw.isoformat())
    at = f"{origin}, line {line(text, 'start')}, start"
    wrong = Text("{raw!r} 不是日期", "{raw!r} is no date").fill(raw=raw)
    raise _refuse(at, wrong, Text("请写 start = 2026-01-01", "Write start = 2026-01-01"))


def shipped(name: str) -> str:
    """Return the text of a market file that comes with Holdfast."""
    return (resources.files("holdfast.lab") / "markets" / f"{name}.toml").read_text(encoding="utf-8")


def named(spec: str) -> tuple[Market, list[SourcedNumber]]:
    """Return the market that a user names: `demo`, or a TOML file.

    Raises:
        BadMarket: the file is not there or not valid.
    """
    if spec == DEMO:
        return read_text(shipped(DEMO), "demo.toml")
    read: Callable[[], str] = lambda: Path(spec).read_text(encoding="utf-8")  # noqa: E731
    try:
        text = read()
    except (OSError, UnicodeDecodeError) as error:
        unread = Text(f"无法读取：{error}", f"cannot be read: {error}")
        raise _refuse(
            spec, unread, Text("请写市场 demo，或 TOML 文件", "Name the market demo, or a TOML file")
        ) from error
    return read_text(text, spec)
