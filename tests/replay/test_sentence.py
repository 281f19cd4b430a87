import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.kernel.clock import DAY, HOUR
from holdfast.kernel.text import Text
from holdfast.replay import wording
from holdfast.replay.results import PolicyResult, Replay, RunAway, Sources
from holdfast.replay.sentence import answer


def run(
    name: str, sources: Sources, owed: int, finished: int | None = 4 * DAY + 12 * HOUR, late: int = 0
) -> RunAway:
    paid = sources.order + sources.available + sources.reserve + sources.deposit + sources.fund
    return RunAway(name, 0, None, finished, 42, 50, owed, paid, owed - paid, late, 0, sources, [])


def policy(
    name: str, runs: list[RunAway], claims: int = 0, claimed: int = 0, sources: Sources | None = None
) -> PolicyResult:
    found = sources or Sources()
    paid = found.order + found.fund
    return PolicyResult(
        policy=name,
        gmv_minor=0,
        claims=claims,
        claimed_minor=claimed,
        compensated_minor=paid,
        uncovered_minor=claimed - paid,
        late_claimed_minor=0,
        late_uncovered_minor=0,
        sources=found,
        fund_recovered_minor=0,
        seconds=0.0,
        min_coverage_ratio=None,
        locked_days_of_sales=0.0,
        ledger_sum_minor=0,
        facts=0,
        captures_stopped_minor=0,
        orders_refused=0,
        consumers_compensated=0,
        consumers_uncovered=0,
        median_days_until_paid=1.5 if paid else None,
        days=[],
        riskiest=[],
        run_aways=runs,
    )


def replay(*policies: PolicyResult) -> Replay:
    return Replay("demo", 7, "CNY", "memory", 1_200, 3, 800, "", "", 0, 0, 0.0, [], list(policies))


def test_one_run_away_is_told_with_every_figure() -> None:
    ours = policy("full", [run("shop-1", Sources(order=100_000, reserve=15_000, fund=5_000), 120_000)])
    today = policy("today", [run("shop-1", Sources(), 200_000, None)])
    spoken = answer(replay(ours, today))
    assert spoken.ours == Text(
        "在 full 政策下，商家 shop-1 跑路，42 名消费者应获退款 ¥1,200.00，得到 ¥1,200.00，"
        "其中 ¥1,000.00 来自订单货款、¥150.00 来自滚动准备金、¥50.00 来自保障基金，"
        "无人受损；最后一笔在失联后 4.5 天付清。",
        "Under full, shop-1 ran away owing 42 consumers CN¥1,200.00; they got CN¥1,200.00 back "
        "(CN¥1,000.00 from the order proceeds, CN¥150.00 from the rolling reserve "
        "and CN¥50.00 from the guarantee fund) "
        "and lost nothing; the last payment came 4.5 days after the merchant vanished.",
    )
    assert spoken.today == Text(
        "按今天的规则，商家 shop-1 跑路，42 名消费者应获退款 ¥2,000.00，分文未得，损失 ¥2,000.00。",
        "Under today’s rules, shop-1 ran away owing 42 consumers CN¥2,000.00; "
        "they got nothing back and lost CN¥2,000.00.",
    )


@pytest.mark.parametrize(
    ("late", "zh", "en"),
    [
        (
            20_000,
            "窗口期内提出的索赔无人受损；窗口期后提出的尚缺 ¥200.00",
            "lost nothing that was claimed in its window; CN¥200.00 claimed after it is open",
        ),
        (
            5_000,
            "另有 ¥200.00 没有着落（其中 ¥50.00 于窗口期后提出）",
            "lost CN¥200.00 (CN¥50.00 of it claimed after the window)",
        ),
    ],
)
def test_what_was_claimed_after_the_window_is_told_apart(late: int, zh: str, en: str) -> None:
    ours = policy("full", [run("shop-1", Sources(order=100_000), 120_000, late=late)])
    spoken = answer(replay(ours, policy("today", []))).ours
    assert spoken is not None
    assert zh in spoken.zh
    assert en in spoken.en


def test_several_are_named_up_to_three_and_summed() -> None:
    runs = [run(f"s{at}", Sources(order=at * 100), at * 200) for at in (1, 5, 3, 2, 4)]
    today = answer(replay(policy("today", runs))).today
    assert today.zh.startswith(
        "按今天的规则，商家 s5、s4、s3 等 5 家跑路，210 人次消费者应获退款 ¥30.00，得到 ¥15.00"
    )
    assert "另有 ¥15.00 没有着落" in today.zh
    assert today.en.startswith(
        "Under today’s rules, s5, s4, s3 and 2 more ran away owing 210 consumers (counted per"
    )
    assert "and lost CN¥15.00;" in today.en


def test_three_run_aways_are_all_named() -> None:
    runs = [run(name, Sources(), 100) for name in "abc"]
    today = answer(replay(policy("today", runs))).today
    assert "商家 a、b、c 跑路" in today.zh
    assert "a, b and c ran away" in today.en


def test_the_slowest_counts_and_an_unfinished_one_is_said() -> None:
    paid = Sources(order=100)
    quick, slow, never = run("a", paid, 100, DAY), run("b", paid, 100, 9 * DAY), run("c", paid, 100, None)
    assert "9 days after" in answer(replay(policy("today", [quick, slow]))).today.en
    assert "not finished" in answer(replay(policy("today", [quick, never]))).today.en


def test_who_owed_nobody_anything_is_said_so() -> None:
    spoken = answer(replay(policy("today", [run("a", Sources(), 0)]))).today
    assert spoken.en == "Under today’s rules, a ran away, and no consumer was owed anything."


def test_without_a_run_away_the_sentence_speaks_of_claims() -> None:
    spoken = answer(replay(policy("today", [], 1, 5_000, Sources(order=4_000)))).today
    assert spoken == Text(
        "按今天的规则，没有商家跑路；1 起索赔共 ¥50.00，消费者得到 ¥40.00，其中 ¥40.00 来自订单货款，"
        "另有 ¥10.00 没有着落；到账时间的中位数为 1.5 天。",
        "Under today’s rules, no merchant ran away; 1 claim for CN¥50.00 came, "
        "and consumers got CN¥40.00 back "
        "(CN¥40.00 from the order proceeds) and lost CN¥10.00; half of them were paid within 1.5 days.",
    )


def test_without_claims_there_is_no_loss() -> None:
    spoken = answer(replay(policy("today", []))).today
    assert "800 名消费者、1,200 笔订单，无人受损" in spoken.zh
    assert spoken.en.endswith("1,200 orders of 800 consumers, no loss.")


def test_long_ids_are_cut_and_braces_are_text() -> None:
    spoken = answer(replay(policy("{owed}", [run("{who}" + "f" * 32, Sources(), 100)]), policy("today", [])))
    assert spoken.ours is not None
    assert "在 {owed} 政策下，商家 {who}fff… 跑路" in spoken.ours.zh


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "–"),
        (0.0, "0%"),
        (0.99999, "99.9%"),
        (1.0, "100%"),
        (0.57, "57%"),
        (12.3456, "1,234.5%"),
        (-0.5, "-50%"),
    ],
)
def test_ratios_are_cut_never_rounded_up(value: float | None, written: str) -> None:
    assert wording.ratio(value) == written
    assert wording.ratio(float("inf")) == "–"


@pytest.mark.parametrize(
    ("minor", "zh", "en"),
    [
        (0, "¥0.00", "CN¥0.00"),
        (999_999, "¥9,999.99", "CN¥9,999.99"),
        (1_234_567, "¥1.23万", "CN¥12,345.67"),
        (-1_999_999_999, "-¥1,999.99万", "-CN¥19.99m"),
        (12_345_678_901_234, "¥1,234.56亿", "CN¥123.45bn"),
    ],
)
def test_short_money(minor: int, zh: str, en: str) -> None:
    assert wording.short_money(minor, "CNY") == (zh, en)


@given(st.floats(0, 0.99999999))
def test_less_than_covered_never_reads_covered(value: float) -> None:
    assert float(wording.ratio(value).rstrip("%")) < 100


def test_what_the_run_aways_left_open_is_set_beside_the_whole() -> None:
    today = policy("today", [run("a", Sources(), 100)], claims=3, claimed=350)
    spoken = answer(replay(today)).today
    assert "lost CN¥1.00. With all other claims, CN¥3.50 is uncovered in all." in spoken.en
    assert "共有 ¥3.50 没有着落。" in spoken.zh


def test_what_of_the_whole_was_claimed_late_is_told_apart() -> None:
    today = policy("today", [run("a", Sources(), 100)], claims=3, claimed=350)
    today.late_uncovered_minor = 150
    spoken = answer(replay(today)).today
    assert "CN¥3.50 is uncovered in all (CN¥1.50 of it claimed after the window)." in spoken.en
    assert "（其中 ¥1.50 于窗口期后提出）。" in spoken.zh


def test_no_loss_is_said_of_no_order_that_did_not_run() -> None:
    none = policy("today", [])
    none.refusals, none.orders_refused, none.refused_minor = {"limit_exceeded": 1_200}, 1_200, 500
    spoken = answer(replay(none)).today
    assert "none of 1,200 orders ran, and nothing can be said of losses" in spoken.en
    assert "no loss" not in spoken.en
    assert "无人受损" not in spoken.zh


def test_orders_that_a_policy_does_not_take_are_told_as_its_answer() -> None:
    some = policy("today", [])
    some.gmv_minor, some.refused_minor, some.orders_refused = 90_000, 10_000, 3
    some.refusals, some.cut_short = {"cover_too_low": 2, "limit_exceeded": 1}, {"delivered": 4}
    spoken = answer(replay(some)).today
    assert spoken.en.endswith(
        "1,197 of 1,200 orders ran, without a loss. 3 orders were not taken, CN¥100.00 or 10% of what was "
        "ordered: 2 as cover was too low for new orders and 1 refused by the engine (limit_exceeded). "
        "4 orders went another way than in the history, as the engine did not take a later event: "
        "4 delivered."
    )
    assert "商家保障不足，停接新单 2、引擎拒绝 1（limit_exceeded）" in spoken.zh


def test_rows_that_were_not_usable_are_in_the_first_lines() -> None:
    found = replay(policy("today", []))
    found.unpaid = 2
    told = answer(found).today
    assert told.en.endswith(" 2 orders were never paid and are not played.")
    assert told.zh.endswith("另有 2 笔订单从未付款或确认，未予回放。")
    found.unpaid = 1
    assert answer(found).today.en.endswith(" 1 order was never paid and is not played.")
    found.unpaid = 0
    found.rejected_rows = 3
    assert "Beside them 3 rows of the history were not usable and are in no figure." in answer(found).today.en
