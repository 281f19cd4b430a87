"""A policy as a file that `reading` reads: the same numbers, in the units that a person would write.

The journal keeps the numbers of each version, and not where they came from: that the file says from which the
version was read. So each source says that the number is one of an adopted version, and no more.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from holdfast.house import SETTINGS
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.setting import Dimension, Setting
from holdfast.policy.model import Policy
from holdfast.policy_files.reading import UNITS_OF, read_text, shipped, sourced
from holdfast.policy_files.sourced import quoted

SOURCE = "as adopted"
_ABOUT = "数字即采用时所记；出处见当时的文件 / As adopted; the file of that time says where each came from"


def as_toml(policy: Policy, remarks: Iterable[str] = ()) -> str:
    """Return the policy as a TOML file, and above it remarks, each of one line.

    A policy that was read from a file comes back as the same version, unless settings were added to policies
    since: then a remark says which version the file is read as, or why it is not.
    """
    body = "\n".join(_lines(policy)) + "\n"
    told = [*remarks, _ABOUT, *_read_otherwise(policy, body)]
    return "".join(f"# {remark}\n" for remark in told) + body


def name_of(policy: Policy) -> str:
    """Return the name that the policy's file had: what its version begins with."""
    name, found, _ = policy.version.partition(f":{policy.release}#")
    return (name if found else policy.version) or "policy"


def _lines(policy: Policy) -> Iterator[str]:
    yield f"name = {quoted(name_of(policy))}"
    yield f"release = {quoted(str(policy.release))}"
    group = ""
    for name, setting in SETTINGS.items():
        if setting.group != group:
            group = setting.group
            yield f"\n[{group}]"
        value = policy.local_zone if setting.dimension is Dimension.ZONE else getattr(policy, name)
        written, unit = _written(name, setting, value)
        entry = f"value = {written}, unit = {quoted(unit)}, source = {quoted(SOURCE)}"
        yield f"{name} = {{ {entry} }}  # {setting.meaning.line()}"


def _read_otherwise(policy: Policy, text: str) -> Iterator[str]:
    """Say what becomes of a policy of before today's settings when its file is read now."""
    try:
        again = read_text(text, "policy.toml").version
    except Refusal as refusal:
        yield f"此版本早于现行格式，不能读回 / Not to be read as it is: {quoted(str(refusal))}"
        return
    if again != policy.version:
        yield f"读回时版本号为 / Is read as version {quoted(again)}"


def _written(name: str, setting: Setting, value: Any) -> tuple[str, str]:
    """Return a number as it is written, and its unit: the standard's, or the largest in which it is whole."""
    units = UNITS_OF[setting.dimension]
    if setting.dimension is Dimension.ZONE:
        return quoted(value), next(iter(units))
    if setting.dimension is Dimension.FLAG:
        return str(value).lower(), next(iter(units))
    usual = _usual_units()[name]
    for unit in (usual, *sorted(units, key=units.__getitem__, reverse=True)):
        if value % units[unit] == 0:
            return str(value // units[unit]), unit
    smallest = min(units, key=units.__getitem__)
    return repr(value / units[smallest]), smallest


@cache
def _usual_units() -> dict[str, str]:
    return {entry.name: entry.unit for entry in sourced(shipped("standard"), "standard.toml")}
