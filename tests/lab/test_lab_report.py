"""The report: one page that refers to nothing outside, in both languages, whatever the figures are."""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from holdfast.lab.market_file import named
from holdfast.lab.report import render, write
from holdfast.lab.results import Comparison, Duel, KindFigures, PolicyFigures, Strategy, Worst
from html_page import HOSTILE, Page

STRATEGY = Strategy(
    build_days=154, ramp_days=30, ramp_to=2.5, sale_days=9, price=0.5, ships=0.7, stays_days=8
)
LEARNED = Worst("learned", 17.7, 0.0, 17.7, STRATEGY, 192)


def policy(name: str, *, loss: float = 0.0, draw: float = 0.0005, locked: float = 2.0) -> PolicyFigures:
    return PolicyFigures(
        policy=name,
        consumer_loss_share=loss,
        fund_draw_share=draw,
        locked_days_of_sales=locked,
        locked_days_newest_decile=6.0,
        locked_days_largest_decile=1.25,
        orders_refused_share=0.001,
        days_until_paid=3.5,
        platform_loss_share=0.0,
        worst_adversary=LEARNED,
        interval={
            "consumer_loss_share": (loss * 0.8, loss * 1.2),
            "fund_draw_share": (draw * 0.8, draw * 1.2),
            "locked_days_of_sales": (locked - 0.1, locked + 0.1),
        },
        adversaries=(KindFigures("bust_out", 12, 3.4, 0.0, 3.4, (1.8, 5.2)),),
        facts=1_000,
        facts_sha256="ab" * 32,
        seconds=1.0,
    )


DUEL = Duel(
    policy="covered(0.95)",
    other="today",
    loss_difference=-0.003,
    loss_interval=(-0.004, -0.002),
    draw_difference=0.0005,
    draw_interval=(0.0004, 0.0006),
    locked_ratio=None,
    costlier={"bust_out": (3.4, 0.5)},
    undecided={"learning": (17.7, 17.0)},
    dominates=False,
)


def comparison(*policies: PolicyFigures) -> Comparison:
    chosen = policies or (policy("today", loss=0.003, draw=0.0, locked=1.0), policy("covered(0.95)"))
    return Comparison(
        "demo", "0123abcd", "CNY", 1, 20, 365, 180, 100, 300_000, 2_000_000, 60.0, chosen, (DUEL,)
    )


NUMBERS = named("demo")[1]


def rendered(found: Comparison, learned: dict[str, Worst] | None = None) -> Page:
    return Page(render(found, {"covered(0.95)": LEARNED} if learned is None else learned, NUMBERS))


def test_the_answer_comes_first_in_both_languages() -> None:
    page = rendered(comparison())
    text = "".join(page.text)
    assert "每 ¥10,000 销售额，消费者损失 ¥0，保障基金净支出 ¥5" in text
    assert "of every CN¥10,000 of sales consumers lose CN¥0 and the fund pays CN¥5" in text
    assert "today CN¥30, with 1 day locked" in text
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
    assert "does not" in text
    assert "bust-out 3.4 / 0.5" in text
    assert "the other locks none" in text
    assert "holdfast lab compare --market demo --runs 20 --seed 1" in text
    assert all(one.source in text for one in NUMBERS)


def test_the_chart_has_its_data_and_a_table_beside_it() -> None:
    page = rendered(comparison())
    points = page.data()["points"]
    assert [point["locked"] for point in points] == [1.0, 2.0]
    assert points[0]["lostRange"] == pytest.approx([24, 36])
    assert [point["ours"] for point in points] == [False, True]
    assert "0.9 – 1.1" in "".join(page.text)


def test_one_run_of_one_policy_without_adversaries_is_a_sound_page() -> None:
    bare = replace(policy("full"), interval={}, adversaries=(), worst_adversary=None, days_until_paid=None)
    page = rendered(replace(comparison(bare), duels=(), runs=1), {})
    text = "".join(page.text)
    assert "No adversary was learning this time." in text
    assert "There is no covered policy to compare." in text
    assert "nan" not in text.lower().replace("dominan", "")
    assert page.data()["points"][0]["lockedRange"] is None


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
    assert "consumers lose <CN¥0.01 and the fund pays CN¥0;" in text


def test_costs_are_told_by_who_bears_them_and_with_an_interval_only_over_runs() -> None:
    text = "".join(rendered(comparison()).text)
    assert "3.4" + "0 + 3.4" + "1.8 – 5.2" in text
    one = replace(policy("full"), adversaries=(KindFigures("bust_out", 1, 3.4, 0.0, 3.4, (3.4, 3.4)),))
    assert "3.4 – 3.4" not in "".join(rendered(comparison(one)).text)
