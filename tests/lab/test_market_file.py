"""Market files: every number with unit and source, and refusals that name line, key and what is allowed."""

from pathlib import Path

import pytest
from small import DEMO, text

from holdfast.kernel.clock import DAY, HOUR
from holdfast.lab import market_file
from holdfast.lab.distributions import Lognormal, Uniform
from holdfast.lab.market import Guarantees
from holdfast.lab.market_file import BadMarket, named, read_text


def test_the_demo_reads_in_canonical_units_and_tells_every_number_with_its_source() -> None:
    market, told = named("demo")
    assert (market.name, market.currency) == ("demo", "CNY")
    assert market.merchants.ships_after == Lognormal(median=24 * HOUR, sigma=0.8)
    assert market.consumers.returns_after == Uniform(low=0.5 * DAY, high=6.5 * DAY)
    assert market.merchants.cancelled == pytest.approx(0.025)
    assert {one.name for one in market.adversaries} == {
        "sudden_vanisher",
        "bust_out",
        "false_advertiser",
        "silent",
        "cash_out_ring",
        "phoenix",
        "deposit_gamer",
        "deposit_taker",
        "late_claimer",
        "claiming_ring",
        "refunder",
        "wash_trader",
    }
    assert 0 < market.guarantees.share < 0.5
    assert len(told) > 70
    assert all(one.source and one.meaning for one in told)
    assert market.ends - market.begins == (365 + 180) * DAY


def test_another_number_is_another_digest_and_another_source_is_not() -> None:
    base, _ = read_text(DEMO, "x")
    other, _ = read_text(text(cancelled='{ value = 2.6, unit = "percent", source = "x" }'), "x")
    same, _ = read_text(text(cancelled='{ value = 0.025, unit = "share", source = "x" }'), "x")
    assert base.digest == same.digest != other.digest


LINE = next(n for n, line in enumerate(DEMO.splitlines(), start=1) if line.startswith("cancelled"))

BAD = [
    ({"cancelled": '{ value = 2, unit = "days", source = "x" }'}, "cancelled", "unit 'days'", "percent"),
    (
        {"cancelled": '{ value = 200, unit = "percent", source = "x" }'},
        "cancelled",
        "out of range",
        "0 to 100",
    ),
    (
        {"cancelled": '{ value = true, unit = "percent", source = "x" }'},
        "cancelled",
        "no such number",
        "value",
    ),
    ({"cancelled": '{ value = 2, unit = "percent", source = " " }'}, "cancelled", "no source", "data"),
    ({"cancelled": "2"}, "cancelled", "no number", "Write"),
    (
        {"cancelled": '{ value = nan, unit = "percent", source = "x" }'},
        "cancelled",
        "out of range",
        "0 to 100",
    ),
    (
        {"haste": '{ distribution = "normal", mean = 1, unit = "factor", source = "x" }'},
        "haste",
        "no distribution 'normal'",
        "lognormal",
    ),
    (
        {"haste": '{ distribution = "lognormal", median = 1, unit = "factor", source = "x" }'},
        "haste",
        "sigma",
        "median, sigma",
    ),
    (
        {"haste": '{ distribution = "lognormal", median = 1, sigma = -1, unit = "factor", source = "x" }'},
        "haste",
        "impossible: sigma = -1",
        "Mend",
    ),
    (
        {"haste": '{ distribution = "gamma", mean = 1, shape = 0, unit = "factor", source = "x" }'},
        "haste",
        "impossible: shape = 0",
        "Mend",
    ),
    (
        {"returns_after": '{ distribution = "uniform", low = 5, high = 1, unit = "days", source = "x" }'},
        "returns_after",
        "low = 5 is above high = 1",
        "Mend",
    ),
    (
        {"ships_after": '{ distribution = "uniform", low = -5, high = 1, unit = "days", source = "x" }'},
        "ships_after",
        "low = -5 is out of range",
        "0 to 3650",
    ),
    ({"count": '{ value = 1.5, unit = "count", source = "x" }'}, "count", "out of range", "1 to"),
    ({"currency": '"XXY"'}, "currency", "no currency", "ISO 4217"),
    ({"start": '"soon"'}, "start", "no date", "2026-01-01"),
]


@pytest.mark.parametrize(("changes", "key", "reason", "remedy"), BAD)
def test_what_is_wrong_is_named_by_line_and_key(
    changes: dict[str, str], key: str, reason: str, remedy: str
) -> None:
    bad = text(**changes)
    number = next(n for n, line in enumerate(bad.splitlines(), start=1) if line.startswith(key))
    with pytest.raises(BadMarket) as found:
        read_text(bad, "m.toml")
    message = str(found.value)
    assert f"m.toml, line {number}" in message
    assert key in message
    assert reason in message
    assert remedy in message
    assert "bad_market" in message


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("cancelled =", "canceled =", "merchants.canceled: this key is unknown. Did you mean cancelled?"),
        ("[consumers]", "[consumer]", "consumer: this key is unknown. Did you mean consumers?"),
        ("cancelled = {", "# {", "numbers are missing: cancelled"),
        ('name = "demo"', "", "the market has no name"),
        ("share = { value = 35,", "share = { value = 36,", "do not add up to 100 percent"),
        (
            "[adversary.silent]\nshare = { value = 2,",
            "[adversary.silent]\nshare = { value = 99,",
            "more adversaries",
        ),
        (
            "[adversary.silent]",
            "[adversary.silent]\nspeed = 3",
            "adversary.silent.speed: this key is unknown",
        ),
        ("[period]", "[period", "this is not TOML"),
        ("[period]\n", "period = 3\n[x]\n", "this key is unknown"),
        ('[[category]]\nname = "clothes"', "[[category]]", "one of them has no name"),
        (
            'defects = { distribution = "beta", mean = 0.02,',
            'defects = { distribution = "beta", mean = 1,',
            "less than 1",
        ),
        (
            'defects = { distribution = "beta", mean = 0.02, strength = 60',
            'defects = { distribution = "gamma", mean = 0.02, shape = 60',
            "a share cannot be gamma",
        ),
    ],
)
def test_what_is_unknown_or_missing_is_named(old: str, new: str, expected: str) -> None:
    assert old in DEMO
    with pytest.raises(BadMarket) as found:
        read_text(DEMO.replace(old, new, 1), "m.toml")
    assert expected in str(found.value)


def test_a_market_that_says_nothing_of_guarantees_has_none() -> None:
    before, _, rest = DEMO.partition("[guarantees]")
    market, _ = read_text(before + rest[rest.index("[[category]]") :], "m.toml")
    assert market.guarantees == Guarantees()


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadMarket, match="cannot be read"):
        named(str(tmp_path / "absent.toml"))
    mine = tmp_path / "mine.toml"
    mine.write_text(DEMO, encoding="utf-8")
    assert named(str(mine))[0].digest == named("demo")[0].digest


def test_every_number_of_the_model_is_read_from_the_file() -> None:
    assert market_file.numbers_of(type(named("demo")[0].period)).keys() == {"days", "warm_up_days"}
