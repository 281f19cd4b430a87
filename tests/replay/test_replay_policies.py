from pathlib import Path

import pytest

from holdfast.kernel.refusal import Refusal
from holdfast.policy.release import BadRelease
from holdfast.policy_files import reading
from holdfast.replay.policies import PolicyTwice, chosen

LIMIT = 10**13


def test_full_and_covered_are_the_default_and_today_is_last() -> None:
    assert [named.name for named in chosen([], LIMIT)] == ["full", "covered(0.99)", "today"]


def test_today_is_always_run_and_last_even_where_it_is_named_first() -> None:
    assert [named.name for named in chosen(["today", "full"], LIMIT)] == ["full", "today"]


def test_a_file_stands_under_its_name(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(reading.shipped("standard"), encoding="utf-8")
    assert [named.name for named in chosen([str(file)], LIMIT)] == ["mine.toml", "today"]


@pytest.mark.parametrize(
    "specs", [["full", "full"], ["rolling_reserve(15%,30)", "rolling_reserve(15%, 30 d)"]]
)
def test_a_policy_is_named_once(specs: list[str]) -> None:
    with pytest.raises(PolicyTwice):
        chosen(specs, LIMIT)


def test_an_unknown_policy_is_refused_with_those_that_exist() -> None:
    with pytest.raises(BadRelease) as refused:
        chosen(["fulll"], LIMIT)
    assert "covered(0.99)" in refused.value.record().fix


def test_a_policy_file_that_is_not_there_is_refused_by_its_name() -> None:
    with pytest.raises(Refusal) as refused:
        chosen(["nowhere.toml"], LIMIT)
    assert refused.value.record().where == "nowhere.toml"


def test_the_assumed_limit_makes_a_version_of_its_own() -> None:
    (named, _) = chosen(["full"], LIMIT)
    plain = reading.named("full")
    assert named.policy.consumer_limit_minor == LIMIT
    assert named.policy.version != plain.version
    assert named.policy.version.startswith(plain.version)
    assert chosen(["full"], plain.consumer_limit_minor)[0].policy == plain
