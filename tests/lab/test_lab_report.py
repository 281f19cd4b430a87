"""The report: one page that refers to nothing outside, in both languages, whatever the figures are."""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from holdfast.kernel.money import Money
from holdfast.lab.market_file import named
from holdfast.lab.report import render, write
from holdfast.lab.results import (
    Comparison,
    Duel,
    Figure,
    KindFigures,
    PolicyFigures,
    SpanFigures,
    Strategy,
    Worst,
)
from html_page import HOSTILE, Page

STRATEGY = Strategy(
    build_days=154,
    ramp_days=30,
    ramp_to=2.5,
    sale_days=9,
    price=0.5,
    ships=0.7,
    stays_days=8,
    deposit_days=40,
    wash=2.0,
    claims_late=1.0,
)
LEARNED = Worst(
    adversary="learned",
    cost_days=17.7,
    loss_days=0.0,
    fund_days=17.7,
    net_days=3.0,
    ratio=8.0,
    strategy=STRATEGY,
    tried=192,
)
KIND = KindFigures(
    adversary="bust_out",
    merchants=12,
    cost_days=3.4,
    loss_days=0.0,
    fund_days=3.4,
    net_days=1.0,
    interval=(1.8, 5.2),
    gain_minor=90_000,
    paid_minor=30_000,
    own_paid_minor=10_000,
    ratio=3.0,
    ratio_interval=(2.0, 4.0),
    worst_ratio=7.5,
)


def span(first: int, *, loss: float, draw: float, locked: float) -> SpanFigures:
    return SpanFigures(
        first,
        first + 364,
        {
            "loss_gross_share": Figure(loss, (loss * 0.8, loss * 1.2)),
            "loss_net_share": Figure(loss / 2, (loss * 0.4, loss * 0.6)),
            "draw_gross_share": Figure(draw, (draw * 0.8, draw * 1.2)),
            "draw_net_share": Figure(draw / 10, (draw * 0.08, draw * 0.12)),
            "locked_mean_by_sales": Figure(locked, (locked - 0.1, locked + 0.1)),
            "locked_newest_by_sales": Figure(locked * 4, (locked * 3.9, locked * 4.1)),
            "locked_heaviest_by_sales": Figure(locked * 5),
            "orders_refused_share": Figure(0.001),
            "days_until_paid": Figure(3.5),
        },
    )


def policy(name: str, *, loss: float = 0.0, draw: float = 0.0005, locked: float = 2.0) -> PolicyFigures:
    """Return a policy that loses as much in the first year as later, and locks twice as much then."""
    return PolicyFigures(
        policy=name,
        first_year=span(1, loss=loss, draw=draw, locked=locked * 2),
        settled=span(181, loss=loss, draw=draw, locked=locked),
        worst_adversary=LEARNED,
        best_paid=KIND,
        adversaries=(KIND,),
        facts=1_000,
        facts_sha256="ab" * 32,
        seconds=1.0,
    )


DUEL = Duel(
    policy="covered(0.95)",
    other="today",
    worse_span="settled",
    loss_difference=-0.003,
    loss_interval=(-0.004, -0.002),
    draw_difference=0.0005,
    draw_interval=(0.0004, 0.0006),
    locked_ratio=None,
    locked_by="locked_newest_by_sales, first year",
    costlier={"bust_out": (3.4, 0.5)},
    undecided={"learning": (17.7, 17.0)},
    dominates=False,
)


def comparison(*policies: PolicyFigures) -> Comparison:
    chosen = policies or (policy("today", loss=0.003, draw=0.0, locked=1.0), policy("covered(0.95)"))
    return Comparison(
        market="demo",
        market_digest="0123abcd",
        currency="CNY",
        seed=1,
        runs=20,
        days=365,
        warm_up_days=180,
        merchants=100,
        orders=300_000,
        facts=2_000_000,
        seconds=60.0,
        policies=chosen,
        duels=(DUEL,),
    )


NUMBERS = named("demo")[1]


def rendered(found: Comparison, learned: dict[str, Worst] | None = None) -> Page:
    return Page(render(found, {"covered(0.95)": LEARNED} if learned is None else learned, NUMBERS))


def test_the_answer_comes_first_in_both_languages() -> None:
    page = rendered(comparison())
    text = "".join(page.text)
    assert (
        "市场的第一年里消费者当时未获赔 ¥0，保障基金支出 ¥5，诚信商家被占用 4 天的销售额，最新的一成 16 天"
        in text
    )
    assert "in the marketplace’s first year consumers are not paid CN¥0, the fund pays CN¥5" in text
    assert "from day 181 on consumers are not paid CN¥0" in text
    assert "today CN¥30, with 2 days locked in the first year and 1 day later" in text
    headings = [tag for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert headings[0] == "h1"
    assert headings.count("h1") == 1
    spans = [attributes for tag, attributes in page.elements if tag == "span" and "lang" in attributes]
    assert sum(one["lang"] == "en" for one in spans) == sum(one["lang"] == "zh-CN" for one in spans) > 60


def test_it_refers_to_nothing_outside_of_itself_and_lets_only_its_own_scripts_run() -> None:
    html = render(comparison(), {}, NUMBERS)
    page = Page(html)
    assert page.values("src") == page.values("href")[1:] == []
    assert page.values("href") == ["#report"]
    assert "url(" not in html.partition("<script")[0]
    (allowed,) = [value for value in page.values("content") if value.startswith("default-src 'none'")]
    assert allowed.count("sha256-") == 4


def test_it_tells_what_was_learned_and_who_dominates() -> None:
    text = "".join(rendered(comparison()).text)
    assert "trades honestly for 154 days, grows over 30 days to 2.5 times, sells off for 9 days" in text
    assert "诚信经营 154 天" in text
    assert (
        "pays a deposit of 40 days of sales, accomplices order 2.0 times its sales, claim 100% of it late"
        in text
    )
    assert "同伙下单为平常的 2.0 倍" in text
    assert "does not" in text
    assert "bust-out 3.4 / 0.5" in text
    assert "the other locks none" in text
    assert "holdfast lab compare --market demo --runs 20 --seed 1" in text
    assert all(one.source in text for one in NUMBERS)


def test_the_chart_has_its_data_and_a_table_beside_it() -> None:
    page = rendered(comparison())
    for name, factor in (("first_year", 2.0), ("settled", 1.0)):
        points = page.data()["points"][name]
        assert [point["locked"] for point in points] == [factor, 2 * factor]
        assert points[0]["lostRange"] == pytest.approx([24, 36])
        assert [point["ours"] for point in points] == [False, True]
    assert {*page.values("data-chart")} == {"first_year", "settled"}
    assert "0.9 – 1.1" in "".join(page.text)


def test_one_run_of_one_policy_without_adversaries_is_a_sound_page() -> None:
    few = {"loss_gross_share": Figure(0.0), "draw_gross_share": Figure(0.0)}
    bare = replace(
        policy("full"),
        first_year=SpanFigures(1, 365, few),
        settled=SpanFigures(181, 545, few),
        adversaries=(),
        worst_adversary=None,
        best_paid=None,
    )
    page = rendered(replace(comparison(bare), duels=(), runs=1), {})
    text = "".join(page.text)
    assert "No adversary was learning this time." in text
    assert "There is no covered policy to compare." in text
    assert "nan" not in text.lower().replace("dominan", "")
    assert page.data()["points"]["settled"][0]["lockedRange"] is None


def test_hostile_names_stay_text() -> None:
    found = replace(comparison(policy(HOSTILE), policy("covered(0.95)")), market=HOSTILE)
    page = rendered(found)
    assert len(page.scripts) == 5
    assert not [tag for tag, attributes in page.elements if tag == "img" or "onerror" in attributes]
    assert page.data()["policies"][0] == HOSTILE


def test_equal_figures_give_equal_bytes_and_the_file_is_whole(tmp_path: Path) -> None:
    learned = {"covered(0.95)": LEARNED}
    assert render(comparison(), learned, NUMBERS) == render(comparison(), learned, NUMBERS)
    write(comparison(), learned, NUMBERS, tmp_path / "lab.html")
    assert (tmp_path / "lab.html").read_text(encoding="utf-8") == render(comparison(), learned, NUMBERS)
    assert [path.name for path in tmp_path.iterdir()] == ["lab.html"]


def test_a_comparison_of_nothing_has_no_report() -> None:
    with pytest.raises(ValueError, match="no policies"):
        render(replace(comparison(), policies=()), {}, NUMBERS)


def duel_with(other: str, *, ratio: float | None, dominates: bool) -> Duel:
    return replace(
        DUEL, other=other, locked_ratio=ratio, costlier={}, draw_difference=0.0, dominates=dominates
    )


def test_the_answer_tells_whether_it_dominates_or_by_how_much_it_misses() -> None:
    won = duel_with("delivery_plus(7)", ratio=0.4, dominates=True)
    lost = duel_with("rolling_reserve(15%, 30 d)", ratio=0.62, dominates=False)
    text = "".join(rendered(replace(comparison(), duels=(won, lost))).text)
    assert "It dominates delivery_plus(7)." in text
    assert "它优于 delivery_plus(7)。" in text
    assert "does not dominate rolling_reserve(15%, 30 d): it locks 62% of its money (at most 50%" in text
    more = replace(lost, loss_difference=0.0001, costlier={"bust_out": (2.0, 1.0)})
    text = "".join(rendered(replace(comparison(), duels=(more,))).text)
    assert "consumers lose CN¥1 more, it locks 62% of its money (at most 50% will do) and 1 adversary" in text


def test_without_a_covered_policy_the_best_is_set_against_the_worst() -> None:
    best, worst = policy("full", draw=0.0, locked=15.5), policy("today", loss=0.003, draw=0.0, locked=1.0)
    text = "".join(rendered(replace(comparison(best, worst), duels=())).text)
    assert (
        "It loses least, CN¥30 less than today, which loses most; it locks 15.5 days against 1 day." in text
    )
    text = "".join(rendered(replace(comparison(best, replace(best, policy="x")), duels=())).text)
    assert "No policy loses more than another." in text


def test_what_is_not_nothing_never_reads_as_nothing() -> None:
    text = "".join(rendered(comparison(policy("covered(0.95)", loss=1e-7, draw=0.0))).text)
    assert "consumers are not paid <CN¥0.01, the fund pays CN¥0" in text


def test_costs_are_told_by_who_bears_them_and_with_an_interval_only_over_runs() -> None:
    text = "".join(rendered(comparison()).text)
    assert "3.4" + "0 + 3.4" + "1.8 – 5.2" in text
    one = replace(policy("full"), adversaries=(replace(KIND, interval=(3.4, 3.4)),))
    assert "3.4 – 3.4" not in "".join(rendered(comparison(one)).text)


def test_gross_and_net_and_the_newest_and_the_heaviest_stand_in_both_spans() -> None:
    page = rendered(comparison())
    text = "".join(page.text)
    for label in (
        "Paid by the fund, of 10,000",
        "of it never got back",
        "Locked: newest tenth, by sales",
        "Locked: heaviest tenth, by sales",
    ):
        assert text.count(label) >= 2
    assert "days 1 to 365" in text
    assert "第 181 天至第 545 天" in text


def test_what_a_ring_gains_is_told_with_what_it_paid_and_the_best_ring() -> None:
    text = "".join(rendered(comparison()).text)
    gain, paid, own = (Money(minor, "CNY").format() for minor in (90_000, 30_000, 10_000))
    assert f"{gain} / {paid} ({own})" in text
    assert "best ring 7.5" in text
    assert "最得手者 7.5" in text
    free = replace(policy("full"), adversaries=(replace(KIND, ratio=None, worst_ratio=None),))
    assert "paid nothing" in "".join(rendered(comparison(free)).text)
