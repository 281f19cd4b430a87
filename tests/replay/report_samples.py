"""Replays made by hand, and a parser of the page; shared by the tests of the report."""

from holdfast.kernel.clock import DAY, HOUR, day, parse
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

VANISHED = parse("2024-03-10T05:00:00Z")


def run_away(merchant_id: str = "shop-1", *, paid: bool = True, owed: int = 120_000) -> RunAway:
    sources = Sources(order=owed - 20_000, reserve=15_000, fund=5_000) if paid else Sources()
    after = ["capture_stopped", "compensated"] if paid else ["uncovered"]
    return RunAway(
        merchant_id=merchant_id,
        vanished_at=VANISHED,
        declared_at=VANISHED + 3 * DAY if paid else None,
        finished_at=VANISHED + 4 * DAY + 12 * HOUR if paid else None,
        consumers=42,
        orders=57,
        owed_minor=owed,
        compensated_minor=owed if paid else 0,
        uncovered_minor=0 if paid else owed,
        late_uncovered_minor=0,
        captures_stopped_minor=33_000 if paid else 0,
        sources=sources,
        events=[
            StoryEvent(VANISHED - DAY, "placed", 5, 25_000),
            StoryEvent(VANISHED, "vanished", 1, 0),
            *(StoryEvent(VANISHED + 3 * DAY, kind, 42, owed) for kind in after),
        ],
    )


def result(policy: str, run_aways: list[RunAway], days: int = 30) -> PolicyResult:
    uncovered = sum(run.uncovered_minor for run in run_aways)
    claimed = sum(run.owed_minor for run in run_aways)
    start = parse("2024-03-01")
    return PolicyResult(
        policy=policy,
        gmv_minor=987_654_321,
        claims=43,
        claimed_minor=claimed,
        compensated_minor=claimed - uncovered,
        uncovered_minor=uncovered,
        late_claimed_minor=0,
        late_uncovered_minor=0,
        sources=run_aways[0].sources if run_aways else Sources(),
        fund_recovered_minor=1_234,
        min_coverage_ratio=0.03125 if uncovered else 1.0,
        locked_days_of_sales=0.0 if uncovered else 11.75,
        ledger_sum_minor=0,
        facts=4_321,
        seconds=1.25,
        captures_stopped_minor=33_000,
        orders_refused=7,
        consumers_compensated=0 if uncovered else 42,
        consumers_uncovered=42 if uncovered else 0,
        median_days_until_paid=None if uncovered else 2.5,
        days=[
            Day(day(start + at * DAY), 0 if at == 0 else 1_000_000, 30_000 if uncovered else 1_050_000, at, 9)
            for at in range(days)
        ],
        riskiest=[MerchantRisk("shop-1", 5_000_000, 900, 43, claimed, uncovered, 250_000, None, "absconded")],
        run_aways=run_aways,
    )


def replay(policies: list[PolicyResult] | None = None, currency: str = "CNY", source: str = "demo") -> Replay:
    found = policies or [result("full", [run_away()]), result("today", [run_away(paid=False, owed=200_000)])]
    return Replay(
        source=source,
        seed=7,
        currency=currency,
        home="memory",
        orders=1_000,
        merchants=20,
        consumers=800,
        first_day="2024-03-01",
        last_day="2024-03-30",
        rejected_rows=3,
        facts=8_642,
        seconds=2.5,
        assumptions=[Assumption("--trial-days", "7", "试用期七天。", "The trial lasts seven days.")],
        policies=found,
    )
