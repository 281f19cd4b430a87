"""Policy files: every setting once, in unit and bounds, with its source; and every way to get it wrong."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.house import SETTINGS
from holdfast.kernel.clock import DAY, HOUR
from holdfast.kernel.setting import Dimension
from holdfast.policy import release
from holdfast.policy_files.reading import BadPolicy, named, read_text, shipped, sourced

STANDARD = shipped("standard")


def refused(text: str) -> str:
    with pytest.raises(BadPolicy) as found:
        read_text(text, "mine.toml")
    assert found.value.code == "bad_policy"
    return str(found.value)


def with_line(name: str, value: str) -> str:
    """The standard policy with another entry for a setting."""
    text, count = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value}", STANDARD)
    assert count == 1
    return text


TRIAL = '{ value = 7, unit = "days", source = "art 25" }'


@pytest.mark.parametrize("name", ["standard", "today"])
def test_the_policies_that_come_with_it_are_valid(name: str) -> None:
    policy = named(name)
    assert policy.version.startswith(f"{name}:")
    assert [entry.name for entry in sourced(shipped(name), name)] == list(SETTINGS)


def test_claims_do_not_end_before_the_trial() -> None:
    text = with_line("claim_window", '{ value = 6, unit = "days", source = "x" }')
    assert "orders.claim_window" in refused(text)


def test_units_are_brought_to_one() -> None:
    policy = named("full")
    assert (policy.trial, policy.after_sales_answer, policy.least_cover_bp) == (7 * DAY, 48 * HOUR, 5_000)
    assert read_text(with_line("trial", TRIAL.replace("7", "1.5")), "x").trial == 36 * HOUR


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            TRIAL.replace("days", "weeks"),
            r"unit 'weeks' is not a unit of time.*Use seconds, minutes, hours, days",
        ),
        (TRIAL.replace("days", "percent"), "unit 'percent' is not a unit of time"),
        (TRIAL.replace("art 25", " "), "the number has no source.*article of law"),
        (TRIAL.replace("7", "-1"), "-1 is out of range.*Allowed are 0 to 3650 days"),
        (TRIAL.replace("7", "3651"), "3651 is out of range"),
        (TRIAL.replace("7", "0.000000001"), "out of range"),
        (TRIAL.replace("7", "true"), "True is not of the kind time"),
        (TRIAL.replace("7", '"7"'), "'7' is not of the kind time.*Write true, false or a number"),
        ("7", 'Write { value = 7, unit = "days"'),
        ('{ value = 7, unit = "days" }', "missing required field `source`"),
        ('{ value = 7, source = "art 25" }', "missing required field `unit`"),
        ('{ value = 7, unit = "days", source = "x", note = "y" }', "unknown field `note`"),
        (TRIAL.replace("7", "inf"), "out of range"),
        (TRIAL.replace("7", "nan"), "out of range"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_line(entry: str, said: str) -> None:
    text = refused(with_line("trial", entry))
    assert re.search(said, text), text
    assert re.match(r"mine\.toml, line \d+, orders\.trial: ", text)


def test_a_flag_is_no_number() -> None:
    name = "claim_stops_capture"
    assert "1 is not of the kind flag" in refused(
        with_line(name, '{ value = 1, unit = "yes or no", source = "x" }')
    )


ZONE = '{ value = "Europe/Berlin", unit = "zone name", source = "its consumers" }'


def test_a_zone_is_read_by_its_name_or_as_an_offset() -> None:
    assert named("standard").zone == named("today").zone == "Asia/Shanghai"
    berlin = read_text(with_line("zone", ZONE), "mine.toml")
    assert berlin.zone == "Europe/Berlin"
    assert berlin.version != named("standard").version
    assert read_text(with_line("zone", ZONE.replace("Europe/Berlin", "UTC-3:30")), "x").zone == "UTC-3:30"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (ZONE.replace("Berlin", "Berln"), "'Europe/Berln' is no zone.*Did you mean Europe/Berlin?"),
        (ZONE.replace("Europe/Berlin", "europe/berlin"), "Did you mean Europe/Berlin?"),
        (ZONE.replace("Europe/Berlin", ""), "'' is no zone.*Write a name of the IANA list"),
        (ZONE.replace("Europe/Berlin", "UTC+24"), "'UTC.24' is no zone"),
        (ZONE.replace('"Europe/Berlin"', "8"), "'8' is no zone.*UTC.8"),
        (ZONE.replace("zone name", "hours"), "unit 'hours' is not a unit of zone. Use zone name"),
    ],
)
def test_what_is_no_zone_is_refused_with_what_is(entry: str, said: str) -> None:
    text = refused(with_line("zone", entry))
    assert re.search(said, text), text


def test_an_offset_of_before_is_refused_with_the_zone_to_write() -> None:
    before = '{ value = 8, unit = "hours", source = "China Standard Time" }'
    text = refused(STANDARD.replace("[consumers]", f"utc_offset = {before}\n\n[consumers]"))
    assert 'zone = { value = "UTC+8", unit = "zone name"' in text


def test_an_unknown_key_is_refused_with_what_was_meant() -> None:
    text = refused(STANDARD.replace("trial = ", "trail = "))
    assert "line 10, orders.trail: this key is unknown. Did you mean trial? " in text
    assert "orders.trial: this key is unknown" not in text


def test_a_key_in_another_group_is_unknown_there() -> None:
    moved = re.sub(r"(?m)^trial = .*\n", "", STANDARD) + f"trial = {TRIAL}\n"
    assert "tasks.trial: this key is unknown" in refused(moved)
    assert "extra: this key is unknown" in refused(f"extra = 1\n{STANDARD}")


@pytest.mark.parametrize("name", list(SETTINGS))
def test_every_setting_must_be_there(name: str) -> None:
    text = refused(re.sub(rf"(?m)^{name} = .*\n", "", STANDARD))
    assert f"settings are missing: {SETTINGS[name].group}.{name}" in text


def test_what_is_no_toml_has_no_name_or_no_release_is_refused() -> None:
    assert "this is not TOML" in refused("name = ")
    assert "the policy has no name" in refused(STANDARD.replace('name = "standard"', ""))
    assert "the policy has no name" in refused(STANDARD.replace('name = "standard"', "name = 7"))
    with pytest.raises(release.BadRelease):
        read_text(STANDARD.replace('release = "full"', ""), "mine.toml")


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(STANDARD.replace('"standard"', '"mine"'), encoding="utf-8")
    assert named(str(path)).version.startswith("mine:full#")
    path.write_bytes(b"\xff")
    for bad in (path, tmp_path / "absent.toml"):
        with pytest.raises(BadPolicy, match="cannot be read") as found:
            named(str(bad))
        assert "Check the path" in str(found.value)


_CHANGED = {
    Dimension.TIME: ("1", "minutes"),
    Dimension.SHARE: ("1", "basis points"),
    Dimension.MONEY: ("17", "minor units"),
    Dimension.COUNT: ("3", "count"),
    Dimension.ZONE: ('"America/St_Johns"', "zone name"),
}


_BOUNDED = {
    "claim_window": ("8", "days"),
    "growth_bp": ("111", "percent"),
    "proposal_stands": ("8", "days"),
}


@pytest.mark.parametrize("name", list(SETTINGS))
def test_another_number_is_another_version(name: str) -> None:
    setting = SETTINGS[name]
    before = read_text(STANDARD, "x")
    if setting.dimension is Dimension.FLAG:
        value, unit = str(not getattr(before, name)).lower(), "yes or no"
    else:
        value, unit = _BOUNDED.get(name, _CHANGED[setting.dimension])
    after = read_text(with_line(name, f'{{ value = {value}, unit = "{unit}", source = "x" }}'), "x")
    assert getattr(after, name) != getattr(before, name)
    assert after.version != before.version


def test_another_source_or_unit_of_the_same_number_is_the_same_version() -> None:
    same = with_line("trial", '{ value = 168, unit = "hours", source = "somebody else" }')
    assert read_text(same, "x").version == read_text(STANDARD, "y").version


@pytest.mark.parametrize(
    ("text", "rule", "written"),
    [
        ("full", release.Full(), "full"),
        (" full ( ) ", release.Full(), "full"),
        ("delivery_plus(7)", release.DeliveryPlus(7 * DAY), "delivery_plus(7)"),
        ("delivery_plus(7d)", release.DeliveryPlus(7 * DAY), "delivery_plus(7)"),
        ("rolling_reserve(15%, 30d)", release.RollingReserve(1_500, 30 * DAY), "rolling_reserve(15%, 30 d)"),
        ("rolling_reserve(0.5, 30 d)", release.RollingReserve(50, 30 * DAY), "rolling_reserve(0.5%, 30 d)"),
        ("fixed_deposit(100000)", release.FixedDeposit(100_000), "fixed_deposit(100000)"),
        ("covered(0.99)", release.Covered(9_900), "covered(0.99)"),
        ("covered(99.5%)", release.Covered(9_950), "covered(0.995)"),
        ("covered(1)", release.Covered(10_000), "covered(1)"),
    ],
)
def test_a_release_policy_is_read_and_written(text: str, rule: release.Release, written: str) -> None:
    assert release.parse(text) == rule
    assert str(rule) == written
    assert release.parse(written) == rule


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fuller",
        "Full",
        "full(1)",
        "full(",
        "delivery_plus",
        "delivery_plus()",
        "delivery_plus(-1)",
        "delivery_plus(1.5)",
        "delivery_plus(7,8)",
        "delivery_plus(seven)",
        "rolling_reserve(15%)",
        "rolling_reserve(0%, 30d)",
        "rolling_reserve(101%, 30d)",
        "rolling_reserve(15.001%, 30d)",
        "fixed_deposit(1.5)",
        "fixed_deposit(¥100)",
        "covered(0)",
        "covered(1.1)",
        "covered(99)",
        "covered(0.99999)",
        "covered(nan)",
        "covered(inf)",
        "full; drop",
        "delivery_plus(3651)",
        "delivery_plus(٧)",
        "delivery_plus(99999999999999999999)",
        "fixed_deposit(1000000000000001)",
    ],
)
def test_what_is_no_release_policy_is_refused(text: str) -> None:
    with pytest.raises(release.BadRelease) as found:
        release.parse(text)
    assert found.value.code == "bad_release_policy"
    assert "Write full, delivery_plus(7)" in str(found.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("covered(0.9", "one pair of parentheses ( ); as in covered(0.99)"),
        ("covered 0.9", "one pair of parentheses ( ); as in covered(0.99)"),
        ("covered（0.9）", "一对半角括号"),
        ("covered(0.9))", "'0.9)' 不是 0 到 1 之间"),
        ("covered(abc)", "'abc' 不是 0 到 1 之间、以万分之一为单位的比例；应写作 covered(0.99)"),
        ("covered(120%)", "'120%' 不是 0 到 100 之间"),
        ("covered()", "it takes 1 numbers, not 0; as in covered(0.99)"),
        ("rolling_reserve(15%)", "as in rolling_reserve(15%, 30d)"),
        ("delivery_plus(1.5)", "'1.5' 不是不大于 3650 的整数"),
        ("coverd(0.9)", "unknown name 'coverd'; did you mean covered?"),
        ("Covered(0.9)", "did you mean covered?"),
    ],
)
def test_what_is_wrong_with_a_release_policy_is_said(text: str, said: str) -> None:
    with pytest.raises(release.BadRelease) as found:
        release.parse(text)
    assert said in found.value.told().line()
    assert ("unknown name" in str(found.value)) == ("unknown name" in said or text.startswith("C"))


@settings(max_examples=50)
@given(st.text(max_size=30))
def test_no_text_breaks_the_parser_of_releases(text: str) -> None:
    try:
        rule = release.parse(text)
    except release.BadRelease:
        return
    assert release.parse(str(rule)) == rule


def test_a_fixed_deposit_is_what_joining_costs() -> None:
    assert named("fixed_deposit(12345)").deposit_minor == 12_345
