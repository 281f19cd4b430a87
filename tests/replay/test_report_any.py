from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.replay.report import EVENTS, render
from holdfast.replay.results import (
    Assumption,
    Day,
    MerchantRisk,
    PolicyResult,
    Replay,
    RunAway,
    Sources,
    StoryEvent,
)
from holdfast.replay.sentence import answer
from html_page import HOSTILE, Page
from thorough import examples

TEXTS = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    [HOSTILE, "", "{x}", "{{ 7*7 }}", "今天"]
)
AMOUNTS = st.integers(0, 2**52) | st.sampled_from([0, 1, 2**55])
COUNTS = st.integers(0, 10**9)
RATIOS = st.none() | st.floats(0, 1e308)
INSTANTS = st.integers(0, 4_000_000_000_000)
SOURCES = st.builds(Sources, **dict.fromkeys(Sources.__struct_fields__, AMOUNTS))
DATES = st.dates().map(str)
EVENT = st.builds(
    StoryEvent, at=INSTANTS, kind=st.sampled_from(sorted(EVENTS)), count=COUNTS, amount_minor=AMOUNTS
)
RUNS = st.builds(
    RunAway,
    merchant_id=TEXTS,
    vanished_at=INSTANTS,
    declared_at=st.none() | INSTANTS,
    finished_at=st.none() | INSTANTS,
    consumers=COUNTS,
    orders=COUNTS,
    sources=SOURCES,
    **dict.fromkeys([name for name in RunAway.__struct_fields__ if name.endswith("_minor")], AMOUNTS),
    events=st.lists(EVENT, max_size=4),
)
RISKS = st.builds(
    MerchantRisk,
    merchant_id=TEXTS,
    status=TEXTS,
    orders=COUNTS,
    claims=COUNTS,
    min_ratio=RATIOS,
    **dict.fromkeys(("sales_minor", "claimed_minor", "uncovered_minor", "peak_exposure_minor"), AMOUNTS),
)
REFUSALS = st.dictionaries(TEXTS, COUNTS, max_size=2)
AMOUNT_FIELDS = [name for name in PolicyResult.__struct_fields__ if name.endswith("_minor")]
COUNT_FIELDS = ["claims", "facts", "orders_refused", "consumers_compensated", "consumers_uncovered"]
POLICIES = st.builds(
    PolicyResult,
    policy=TEXTS,
    sources=SOURCES,
    refusals=REFUSALS,
    **dict.fromkeys(AMOUNT_FIELDS, AMOUNTS),
    **dict.fromkeys(COUNT_FIELDS, COUNTS),
    **dict.fromkeys(("min_coverage_ratio", "median_days_until_paid"), RATIOS),
    **dict.fromkeys(("locked_days_of_sales", "seconds"), st.floats(0, 1e12)),
    days=st.lists(st.builds(Day, DATES, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS), max_size=4),
    riskiest=st.lists(RISKS, max_size=2),
    run_aways=st.lists(RUNS, max_size=3, unique_by=lambda run: run.merchant_id),
)
REPLAYS = st.builds(
    Replay,
    source=TEXTS,
    home=TEXTS,
    seed=st.integers(),
    currency=st.sampled_from(["CNY", "JPY", "BHD", "CLF"]),
    **dict.fromkeys(("orders", "merchants", "consumers", "rejected_rows", "facts"), COUNTS),
    first_day=DATES,
    last_day=DATES,
    seconds=st.floats(0, 1e9),
    assumptions=st.lists(st.builds(Assumption, TEXTS, TEXTS, TEXTS, TEXTS), max_size=2),
    policies=st.lists(POLICIES, min_size=1, max_size=3),
)


@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(REPLAYS)
def test_any_replay_renders_to_a_sound_page(sample: Replay) -> None:
    page = Page(render(sample))
    assert len(page.scripts) == 5
    assert {tag for tag, _ in page.elements}.isdisjoint({"img", "iframe", "link"})
    assert page.data()["policies"] == [policy.policy for policy in sample.policies]
    spoken = answer(sample)
    assert spoken.today.zh.endswith("。")
    assert spoken.today.en.endswith(".")
