import base64
import hashlib
import os
import re
from pathlib import Path

import pytest
from report_samples import VANISHED, replay, result, run_away

from holdfast.kernel.clock import DAY
from holdfast.kernel.money import Money, UnknownCurrency
from holdfast.replay.report import EVENTS, render, write
from holdfast.replay.report.series import thin
from holdfast.replay.results import Assumption, PolicyResult, StoryEvent
from holdfast.replay.sentence import answer
from html_page import HOSTILE, Page


def test_parses_and_every_reference_leads_somewhere() -> None:
    page = Page(render(replay()))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert set(page.values("aria-labelledby")) <= set(ids)
    assert set(page.values("for")) <= set(ids)
    assert page.values("href") == ["#report"]
    assert ("html", {"lang": "zh-CN"}) in page.elements


def test_refers_to_nothing_outside_of_itself() -> None:
    html = render(replay())
    page = Page(html)
    assert page.values("src") == []
    assert page.values("srcset") == []
    assert {tag for tag, _ in page.elements}.isdisjoint({"link", "iframe", "img", "object", "base", "form"})
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style
    ours = [
        body
        for attributes, body in page.scripts
        if "Licensed to the Apache" not in body[:200] and not attributes
    ]
    assert len(ours) == 3
    assert not any("//" in re.sub(r"// ", "", body) for body in ours)


def test_policy_of_the_page_lets_only_its_own_scripts_run() -> None:
    page = Page(render(replay()))
    (allowed,) = [value for value in page.values("content") if value.startswith("default-src 'none'")]
    bodies = [body for attributes, body in page.scripts if "type" not in attributes]
    hashes = {base64.b64encode(hashlib.sha256(body.encode()).digest()).decode() for body in bodies}
    assert set(re.findall(r"sha256-([^']+)", allowed)) == hashes
    assert len(bodies) == 4


def test_speaks_both_languages_everywhere() -> None:
    page = Page(render(replay()))
    spans = [attributes for tag, attributes in page.elements if tag == "span" and "lang" in attributes]
    chinese = [one for one in spans if one == {"class": "zh", "lang": "zh-CN"}]
    english = [one for one in spans if one == {"class": "en", "lang": "en"}]
    assert len(chinese) == len(english) > 100
    assert len(chinese) + len(english) == len(spans)


def test_every_chart_has_its_table() -> None:
    page = Page(render(replay()))
    charts = page.values("data-chart")
    assert charts == ["coverage", "locked_days", "locked", "sources"]
    assert {f"{chart}-table" for chart in charts} <= set(page.values("id"))


def test_charts_draw_the_figures_of_the_replay() -> None:
    sample = replay()
    data = Page(render(sample)).data()
    assert data["policies"] == ["full", "today"]
    assert data["coverage"] == [[None, *[1.05] * 29], [None, *[0.03] * 29]]
    assert data["locked"] == [list(range(30)), list(range(30))]
    assert data["lockedDays"] == [11.75, 0.0]
    assert [(one["key"], one["values"]) for one in data["sources"]] == [
        ("order", [100_000, 0]),
        ("available", [0, 0]),
        ("reserve", [15_000, 0]),
        ("deposit", [0, 0]),
        ("fund", [5_000, 0]),
        ("uncovered", [0, 200_000]),
    ]
    assert data["vanished"] == [[9, ["shop-1"]]]


def test_every_figure_of_a_policy_is_on_the_page() -> None:
    sample = replay()
    html = render(sample)
    for policy in sample.policies:
        for name in PolicyResult.__struct_fields__:
            value = getattr(policy, name)
            if name.endswith("_minor"):
                assert Money(value, "CNY").format("zh") in html, name
                assert Money(value, "CNY").format("en") in html, name
            elif isinstance(value, int):
                assert f"{value:,}" in html, name
    for written in ("11.8 天", "11.8 days", "2.5 天", "2.5 days", "3.1%", "100%"):
        assert written in html


def test_refused_orders_are_told_in_words_and_where_there_are_none_by_code() -> None:
    sample = replay()
    sample.policies[0].refusals = {"cover_missing": 6, "cover_too_low": 7, "limit_exceeded": 1_234}
    html = render(sample)
    assert "of these: cover_missing" in html
    assert "其中：商家保障不足，停接新单" in html
    assert "cover_too_low" not in html
    assert re.search(r"其中：limit_exceeded.*?</th><td[^>]*>1,234</td><td[^>]*>0</td>", html)


def test_hostile_names_stay_text() -> None:
    runs = [run_away(HOSTILE)]
    policies = [result(HOSTILE, runs), result("today", [run_away(HOSTILE, paid=False)])]
    for policy in policies:
        policy.riskiest[0].merchant_id = policy.riskiest[0].status = HOSTILE
    sample = replay(policies, source=HOSTILE)
    sample.home = HOSTILE
    sample.assumptions = [Assumption(HOSTILE, HOSTILE, HOSTILE, HOSTILE)]
    page = Page(render(sample))
    assert {tag for tag, _ in page.elements}.isdisjoint({"img"})
    assert len(page.scripts) == 5
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert page.data()["policies"] == [HOSTILE, "today"]
    assert HOSTILE in "".join(page.text)


def test_every_kind_of_event_is_told() -> None:
    run = run_away()
    run.events = [StoryEvent(VANISHED + DAY, kind, 3, 100) for kind in EVENTS]
    html = render(replay([result("full", [run]), result("today", [])]))
    for text in EVENTS.values():
        assert text.zh in html
        assert text.en in html
    assert set(EVENTS) == {
        *(
            "placed",
            "shipped",
            "delivered",
            "captured",
            "released",
            "paid_out",
            "payout_held",
            "order_refused",
        ),
        *("vanished", "declared", "capture_stopped", "cancelled", "claim_opened", "compensated", "uncovered"),
        "recovered",
    }


def test_the_largest_run_away_is_told_first() -> None:
    runs = [run_away("small", owed=30_000), run_away("large", owed=900_000), run_away("middle", owed=60_000)]
    page = Page(render(replay([result("full", runs), result("today", [])])))
    options = [text for text in page.text if "· 2024-03-10" in text]
    assert [option.split()[0] for option in options] == ["large", "middle", "small"]


def test_many_run_aways_are_told_as_far_as_a_page_holds() -> None:
    runs = [run_away(f"shop-{at}") for at in range(60)]
    for run in runs:
        run.events *= 12
    html = render(replay([result("full", runs), result("today", [])]))
    assert "29 smaller run-aways" in html
    assert html.count("data-story=") == 31


def test_a_long_history_stays_small_and_loses_no_low() -> None:
    policies = [
        result(name, [run_away(paid=name != "today")], days=770)
        for name in ("full", "covered(0.99)", "today")
    ]
    policies[0].days[400].cover_minor = 10_000
    html = render(replay(policies, currency="BRL"))
    data = Page(html).data()
    assert len(html.encode()) < 2_000_000
    assert len(data["dates"]) == 110
    assert min(value for value in data["coverage"][0] if value) == 0.01


@pytest.mark.parametrize(
    ("days", "step"), [(0, 1), (1, 1), (180, 1), (181, 7), (770, 7), (1_261, 14), (9_000, 56)]
)
def test_points_are_days_or_whole_weeks(days: int, step: int) -> None:
    assert thin(days) == step


def test_equal_input_gives_equal_bytes() -> None:
    assert render(replay()) == render(replay())


def test_without_a_policy_of_the_user_today_speaks_alone() -> None:
    sample = replay([result("today", [run_away(paid=False)])])
    assert answer(sample).ours is None
    page = Page(render(sample))
    assert page.values("data-chart")
    assert [
        attributes["class"]
        for _, attributes in page.elements
        if "verdict" in attributes.get("class", "").split()
    ] == ["verdict loss"]


def test_a_replay_without_policies_is_an_error() -> None:
    empty = replay()
    empty.policies = []
    with pytest.raises(ValueError, match="today"):
        render(empty)


def test_write_replaces_whole_files_only(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    target.write_text("before", "utf-8")
    with pytest.raises(UnknownCurrency):
        write(replay(currency="XXX"), target)
    assert target.read_text("utf-8") == "before"
    write(replay(), target)
    assert target.read_text("utf-8") == render(replay())
    assert os.listdir(tmp_path) == ["report.html"]  # noqa: PTH208 - hidden temporary files would count


def test_write_leaves_nothing_behind_when_the_target_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(OSError, match=r"report\.html"):
        write(replay(), tmp_path / "report.html")
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]
