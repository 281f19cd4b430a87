"""Reading a policy file: every setting there once, in its unit, within its bounds, with its source."""

import hashlib
import math
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any, cast

import msgspec
from msgspec.structs import replace

from holdfast.house import SETTINGS
from holdfast.kernel import zones
from holdfast.kernel.clock import UNITS
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.setting import Dimension, Setting
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text, same
from holdfast.policy import release
from holdfast.policy.model import Policy
from holdfast.policy_files.sourced import document, line, near

UNITS_OF: dict[Dimension, dict[str, int]] = {
    Dimension.TIME: UNITS,
    Dimension.SHARE: {"percent": 100, "basis points": 1},
    Dimension.MONEY: {"minor units": 1},
    Dimension.COUNT: {"count": 1, "hour of day": 1},
    Dimension.FLAG: {"yes or no": 1},
    Dimension.ZONE: {"zone name": 1},
}
"""The units in which a setting may be written, each with what it comes to in the canonical one."""

_ROUNDING = 1e-15
"""By how much of itself a product of doubles may miss: 1.001 seconds are 1,001 milliseconds."""


UNKNOWN_KEY = Text("没有此项", "this key is unknown")
NO_SOURCE = Text("此数没有来源", "the number has no source")
BEGIN_WITH_NAME = Text('文件请以 name = "…" 开头', 'Begin the file with name = "…"')
_NAME_IT = Text("请写明所依据的法条或惯例", "Name the article of law or the practice it follows")


class BadPolicy(Refusal):
    """A policy file is not valid."""

    code = "bad_policy"
    sort = Sort.MALFORMED
    what = same("{reason}")
    fix = same("{remedy}")


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    value: int | float | bool | str
    unit: str
    source: str


class SourcedSetting(msgspec.Struct, frozen=True):
    """One setting as it stands in a file, for documents."""

    name: str
    setting: Setting
    value: int | float | bool | str
    unit: str
    source: str


def _refuse(where: str, reason: Text, remedy: Text) -> BadPolicy:
    return BadPolicy(where, reason=reason, remedy=remedy)


def _canonical(where: str, setting: Setting, entry: _Entry) -> int | bool | str:
    units = UNITS_OF[setting.dimension]
    if entry.unit not in units:
        raise _refuse(
            where,
            Text("单位 {unit!r} 不用于{of}", "unit {unit!r} is not a unit of {of}").fill(
                unit=entry.unit, of=setting.dimension.called
            ),
            Text("请用 {units}", "Use {units}").fill(units=", ".join(units)),
        )
    if not entry.source.strip():
        raise _refuse(where, NO_SOURCE, _NAME_IT)
    if setting.dimension is Dimension.ZONE:
        return _zone(where, entry.value)
    if isinstance(entry.value, str) or (setting.dimension is Dimension.FLAG) != isinstance(entry.value, bool):
        raise _refuse(
            where,
            Text("{value!r} 不是{of}", "{value!r} is not of the kind {of}").fill(
                value=entry.value, of=setting.dimension.called
            ),
            Text("请写 true、false 或数字", "Write true, false or a number"),
        )
    return _number(where, setting, entry.value, entry.unit)


def _zone(where: str, value: float | str) -> str:
    try:
        zones.zone(str(value))
    except zones.UnknownZone as error:
        raise _refuse(where, *error.record().told()) from error
    return str(value)


def _number(where: str, setting: Setting, value: float, unit: str) -> int | bool:
    factor = UNITS_OF[setting.dimension][unit]
    scaled = value * factor
    whole = round(scaled) if math.isfinite(scaled) else 0
    if not math.isclose(scaled, whole, rel_tol=_ROUNDING) or not setting.low <= whole <= setting.high:
        low, high = f"{setting.low / factor:g}", f"{setting.high / factor:g}"
        raise _refuse(
            where,
            Text(f"{value} 超出范围", f"{value} is out of range"),
            Text(f"可填 {low} 至 {high} {unit}", f"Allowed are {low} to {high} {unit}"),
        )
    return value if isinstance(value, bool) else whole


def _instead(name: str, known: Iterable[str]) -> Text:
    """Say what to write in a key's place."""
    if name == "utc_offset":
        return Text(
            '时区现在写名称：zone = { value = "UTC+8", unit = "zone name", source = "…" }，'
            '或 "Asia/Shanghai"，随当地时钟变动。',
            'The zone has a name now: zone = { value = "UTC+8", unit = "zone name", source = "…" }, or '
            '"Asia/Shanghai", whose clocks change as they do there. ',
        )
    return near(name, known)


def sourced(text: str, origin: str) -> list[SourcedSetting]:
    """Return the settings of a policy file with their sources.

    Raises:
        BadPolicy: an unknown, missing or malformed key; it names the line and what is allowed.
    """
    known = SETTINGS
    found: dict[str, SourcedSetting] = {}
    content = document(text, origin, _refuse)
    for group, entries in content.items():
        if group in {"name", "release"}:
            continue
        table = cast("dict[str, Any]", entries) if isinstance(entries, dict) else {group: entries}
        for name, raw in table.items():
            where = f"{origin}, line {line(text, name)}, {group}.{name}"
            if name not in known or known[name].group != group:
                see = Text("{instead}见 docs/policy.md", "{instead}See docs/policy.md")
                raise _refuse(where, UNKNOWN_KEY, see.fill(instead=_instead(name, known)))
            try:
                entry = msgspec.convert(raw, _Entry)
            except msgspec.ValidationError as error:
                raise _refuse(
                    where,
                    same(error),
                    Text(
                        '请写 { value = 7, unit = "days", source = "…" }',
                        'Write { value = 7, unit = "days", source = "…" }',
                    ),
                ) from error
            _canonical(where, known[name], entry)
            found[name] = SourcedSetting(name, known[name], entry.value, entry.unit, entry.source)
    missing = [f"{setting.group}.{name}" for name, setting in known.items() if name not in found]
    if missing:
        lacks = Text("缺少设置：{names}", "settings are missing: {names}")
        copy = Text("请从 standard.toml 复制", "Copy them from standard.toml")
        raise _refuse(origin, lacks.fill(names=", ".join(missing)), copy)
    return [found[name] for name in known]


def read_text(text: str, origin: str, release_text: str | None = None) -> Policy:
    """Return the policy of a TOML text; `release_text` replaces its release policy.

    The version is the file's name, the release and a hash of every number: other numbers, another version.

    Raises:
        BadPolicy: the file is not valid.
        BadRelease: the release policy is not.
    """
    content = document(text, origin, _refuse)
    name = content.get("name")
    if not isinstance(name, str) or not name:
        raise _refuse(origin, Text("规则没有名称", "the policy has no name"), BEGIN_WITH_NAME)
    rule = release.parse(release_text or str(content.get("release", "")))
    numbers: dict[str, int | bool | str] = {}
    for entry in sourced(text, origin):
        raw = _Entry(entry.value, entry.unit, entry.source)
        numbers[entry.name] = _canonical(origin, entry.setting, raw)
    if isinstance(rule, release.FixedDeposit):
        numbers["deposit_minor"] = rule.amount_minor
    policy = msgspec.convert({**numbers, "version": "", "release": rule}, Policy)
    if policy.claim_window < policy.trial:
        number = line(text, "claim_window")
        raise _refuse(
            f"{origin}, line {number}, orders.claim_window",
            Text("索赔将早于试用期结束", "claims would end before the trial does"),
            Text("请不短于 orders.trial", "Make it at least as long as orders.trial"),
        )
    digest = hashlib.sha256(msgspec.json.encode([numbers, rule], order="sorted")).hexdigest()[:12]
    return replace(policy, version=f"{name}:{rule}#{digest}")


def shipped(name: str) -> str:
    """Return the text of a policy file that comes with Holdfast: `standard` or `today`."""
    return (resources.files("holdfast.policy_files") / f"{name}.toml").read_text(encoding="utf-8")


def named(spec: str) -> Policy:
    """Return the policy that a user names: `today`, a TOML file, or a release policy over the standard.

    Raises:
        BadPolicy: the file is not there or not valid.
        BadRelease: `spec` is none of the three.
    """
    if spec in {"today", "standard"}:
        return read_text(shipped(spec), f"{spec}.toml")
    if spec.endswith(".toml"):
        try:
            text = Path(spec).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise _refuse(
                spec,
                Text(f"无法读取：{error}", f"cannot be read: {error}"),
                Text("请检查路径，并确认是 UTF-8 文本", "Check the path and that it is UTF-8 text"),
            ) from error
        return read_text(text, spec)
    return read_text(shipped("standard"), "standard.toml", spec)
