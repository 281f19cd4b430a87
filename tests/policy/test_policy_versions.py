"""Versions of the policy: when each was in force, and each as a file that is read as the same version."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from histories import START, policy
from holdfast.engine.memory import Memory
from holdfast.house import SETTINGS
from holdfast.kernel.clock import DAY, HOUR, MINUTE, SECOND
from holdfast.kernel.ids import Ids
from holdfast.kernel.setting import Dimension
from holdfast.policy.model import Policy
from holdfast.policy.versions import in_force_after, of_version, periods
from holdfast.policy_files.reading import named, read_text, shipped
from holdfast.policy_files.writing import as_toml, name_of

FULL, COVERED = policy("full"), policy("covered(0.99)")


def adopted(*each: Policy) -> Memory:
    """A home in which a version came into force a day, from `START` on."""
    home = Memory(Ids(Random(1)))
    for days, chosen in enumerate(each):
        home.adopt(chosen, START + days * DAY)
    return home


def test_a_version_that_came_back_has_a_period_each_time() -> None:
    told = periods(adopted(FULL, COVERED, COVERED, FULL).facts())
    assert [(one.version, one.since, one.until) for one in told] == [
        (FULL.version, START + 3 * DAY, None),
        (COVERED.version, START + DAY, START + 3 * DAY),
        (FULL.version, START, START + DAY),
    ]
    assert [one.since for one in of_version(told, FULL.version)] == [START + 3 * DAY, START]
    assert periods([]) == []


def test_what_was_in_force_at_an_instant_is_told_and_what_had_ended_is_not() -> None:
    told = periods(adopted(FULL, COVERED).facts())
    assert in_force_after(told, START + DAY - 1) == told
    assert in_force_after(told, START + DAY) == told[:1]
    assert in_force_after(told, START + 900 * DAY) == told[:1]


@pytest.mark.parametrize(
    "spec",
    ["today", "full", "delivery_plus(7)", "rolling_reserve(0.5%, 30d)", "covered(0.99)", "fixed_deposit(7)"],
)
def test_every_kind_of_policy_is_read_as_it_was(spec: str) -> None:
    text = as_toml(named(spec), ["two", "remarks"])
    assert read_text(text, "mine.toml") == named(spec)
    assert text.startswith("# two\n# remarks\n# ")


def test_numbers_are_written_in_the_units_that_the_standard_has_them_in() -> None:
    text = as_toml(named("full"))
    for line in shipped("standard").splitlines():
        if "value = " in line:
            assert f"{line.partition(', source')[0]}, source = " in text


def written(name: str, value: object) -> str:
    """The entry of a setting that has another value."""
    text = as_toml(replace(named("full"), **{name: value}))
    [line] = [line for line in text.splitlines() if line.startswith(f"{name} = ")]
    return line.partition(", source")[0].partition("{ ")[2]


@pytest.mark.parametrize(
    ("name", "value", "entry"),
    [
        ("trial", 7 * DAY + HOUR, 'value = 169, unit = "hours"'),
        ("trial", 90 * MINUTE, 'value = 90, unit = "minutes"'),
        ("trial", 90 * SECOND, 'value = 90, unit = "seconds"'),
        ("trial", 1_500, 'value = 1.5, unit = "seconds"'),
        ("trial", 1_001, 'value = 1.001, unit = "seconds"'),
        ("notice_before", 2 * DAY, 'value = 48, unit = "hours"'),
        ("least_cover_bp", 4_950, 'value = 4950, unit = "basis points"'),
        ("claim_stops_capture", False, 'value = false, unit = "yes or no"'),
        ("quiet_from_hour", 0, 'value = 0, unit = "hour of day"'),
        ("zone", "UTC-3:30", 'value = "UTC-3:30", unit = "zone name"'),
    ],
)
def test_a_number_is_written_in_its_usual_unit_or_the_largest_in_which_it_is_whole(
    name: str, value: object, entry: str
) -> None:
    assert written(name, value) == entry


NUMBERS = st.fixed_dictionaries(
    {
        name: st.integers(setting.low, setting.high)
        for name, setting in SETTINGS.items()
        if setting.dimension not in {Dimension.FLAG, Dimension.ZONE}
    }
)


@given(NUMBERS)
def test_any_numbers_come_back(numbers: dict[str, int]) -> None:
    numbers["claim_window"] = max(numbers["claim_window"], numbers["trial"])
    chosen = replace(named("full"), **numbers)
    again = read_text(as_toml(chosen), "mine.toml")
    assert replace(again, version=chosen.version) == chosen


def test_a_name_is_what_stands_before_the_release() -> None:
    assert name_of(named("covered(0.99)")) == "standard"
    assert name_of(replace(FULL, version="spring sale")) == "spring sale"
    assert name_of(replace(FULL, version="")) == "policy"


def test_a_version_of_before_todays_settings_says_what_it_is_read_as() -> None:
    old = replace(FULL, zone="", utc_offset=8 * HOUR)
    text = as_toml(old)
    again = read_text(text, "mine.toml")
    assert again == replace(old, version=again.version, zone="UTC+8", utc_offset=FULL.utc_offset)
    assert f'Is read as version "{again.version}"' in text
    assert "Is read as" not in as_toml(FULL)


def test_a_version_that_no_file_may_say_is_written_all_the_same() -> None:
    text = as_toml(replace(FULL, declarations=1))
    assert "Not to be read as it is: " in text
    assert "declarations = { value = 1" in text


def test_signs_that_would_end_a_line_or_a_text_do_not() -> None:
    odd = replace(FULL, version='a "name"\nrelease = "covered(0.5)" \\ \x7f 稳付')
    assert read_text(as_toml(odd), "mine.toml").version.startswith(odd.version)
