"""The promise with guarantees: what stands uncovered above the line can be called for, at every moment."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from histories import standing
from holdfast.claims.model import OpenClaim, RejectClaim, UpholdClaim
from holdfast.coverage.model import Coverage
from holdfast.engine.execution import Outcome, Submission
from holdfast.guarantees.model import IN_FORCE, CallTerms, Guarantee, ReleaseGuarantee
from holdfast.guarantees.rules import covers, leaned_on
from holdfast.kernel.clock import DAY, HOUR, Instant
from holdfast.kernel.rows import Command
from holdfast.policy.model import Policy
from holdfast.settlement.model import PayDeposit, Refund, ReturnDeposit
from one_market import RELIABLE, START, OneMarket, policy, sale
from thorough import examples
from who_asks import asked

POLICIES: tuple[Policy, ...] = tuple(
    policy(release, payout_cycle=0, least_cover_bp=0, consumer_limit_minor=10**9, **changes)
    for release, changes in (
        ("covered(0.99)", {}),
        ("covered(0.99)", {"release_retry": HOUR, "claim_window": 9 * DAY}),
        ("covered(0.99)", {"advance_on_delivery": True}),
        (
            "covered(0.99)",
            {"young_orders": 0, "young_for": 0, "prior_run_aways": 1, "line_bp": 100_000, "fee_bp": 2_000},
        ),
        ("full", {}),
    )
)

RULED_WITHIN = 25
"""Days in which a claim is ruled on where an issuer waits for that: less than the policy allows for it."""


class Happening(NamedTuple):
    """A day on which something happens, and what."""

    day: int
    command: Command


def guarantees(rng: Random, call: CallTerms) -> Iterator[Happening]:
    """Guarantees of any term and limit, some of which the merchant tries to end."""
    for number in range(rng.randint(1, 3)):
        day = rng.choice([0, 0, 5, 25])
        starts = day + rng.choice([0, 0, -3, 5])
        terms = {"starts_at": START + starts * DAY, "ends_at": START + (day + rng.randint(6, 90)) * DAY}
        yield Happening(day, standing(f"g{number}", "m1", rng.randint(1, 60_000), call=call, **terms))
        for _ in range(rng.randint(0, 3)):
            yield Happening(day + rng.randint(0, 70), ReleaseGuarantee(guarantee_id=f"g{number}"))


def sales(rng: Random, *, ruled: bool) -> Iterator[Happening]:
    """Orders, of which some are refunded, or claimed and then ruled on: where `ruled`, in time."""
    for number in range(rng.randint(1, 12)):
        day, amount = rng.randint(0, 40), rng.randint(2, 20_000)
        order_id, claim_id = f"o{number}", f"k{number}"
        yield from (Happening(day, command) for command in sale(order_id, "m1", "c1", amount, 3))
        part = amount // rng.choice([1, 1, 2, 3]) or 1
        later = day + rng.choice([8, 9, 12, 14, 17, 25, 60])
        if rng.random() < 0.2:
            yield Happening(later, Refund(order_id=order_id, amount_minor=part, reason="kindness"))
        elif rng.random() < 0.6:
            ruling = rng.choice(
                [
                    UpholdClaim(claim_id=claim_id),
                    UpholdClaim(claim_id=claim_id, amount_minor=1),
                    RejectClaim(claim_id=claim_id, reason="as shown"),
                ]
            )
            claim = OpenClaim(claim_id=claim_id, order_id=order_id, amount_minor=part, reason="broken")
            yield Happening(later, claim)
            yield Happening(later + rng.randint(0, RULED_WITHIN if ruled else 90), ruling)


def deposits(rng: Random) -> Iterator[Happening]:
    """Money into the deposit, and out of it."""
    for _ in range(rng.randint(0, 4)):
        kind = rng.choice([PayDeposit, ReturnDeposit])
        yield Happening(rng.randint(0, 90), kind(merchant_id="m1", amount_minor=rng.randint(1, 20_000)))


def live(seed: int, chosen: Policy, call: CallTerms) -> int:
    """Let a market live; after each step what leans on guarantees can be called for.

    Returns in how many steps something leaned on them.
    """
    rng = Random(seed)
    ruled = call is CallTerms.AFTER_RULING
    happening = [*guarantees(rng, call), *sales(rng, ruled=ruled), *deposits(rng)]
    market = OneMarket(chosen)
    leaning = 0

    def listen(_submission: Submission | None, at: Instant, outcome: Outcome) -> None:
        nonlocal leaning
        sums = market.home.row(Coverage, "m1")
        if not outcome.facts or sums is None:
            return
        rows = [row for row in market.home.rows(Guarantee) if row.state in IN_FORCE and covers(row)]
        leaned = leaned_on(sums, chosen, at)
        assert leaned <= sum(row.left_minor for row in rows if at <= row.ends_at), outcome.facts
        leaning += leaned > 0

    timeline = [
        asked(happens.command, START + happens.day * DAY)
        for happens in sorted(happening, key=lambda each: each.day)
    ]
    market.home.play(timeline, react=RELIABLE.react, listen=listen, until=START + 300 * DAY)
    market.now = START + 300 * DAY
    market.check()
    assert all(row.state not in IN_FORCE for row in market.home.rows(Guarantee))
    return leaning


@settings(max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(381, POLICIES[0], CallTerms.ON_DEMAND)
@given(st.integers(0, 10**9), st.sampled_from(POLICIES), st.sampled_from(CallTerms))
def test_what_stands_uncovered_above_the_line_can_be_called_for(
    seed: int, chosen: Policy, call: CallTerms
) -> None:
    live(seed, chosen, call)


def test_these_markets_lean_on_guarantees() -> None:
    """Else the property would say nothing."""
    assert sum(live(seed, POLICIES[0], CallTerms.ON_DEMAND) > 0 for seed in range(30)) >= 10


def test_who_had_its_last_call_stands_for_no_other() -> None:
    """The first is not called at its end as the second stands; so the second is not released after that."""
    market = OneMarket(policy("covered(0.99)", payout_cycle=0))
    market.do(
        standing("g1", "m1", 9_000, ends_at=START + 40 * DAY),
        standing("g2", "m1", 9_000, ends_at=START + 45 * DAY),
    )
    market.sell_captured("o1", 9_000)
    market.wait(DAY)
    market.claim(9_000)
    market.until(START + 31 * DAY)
    assert [row.left_minor for row in market.home.rows(Guarantee)] == [9_000, 9_000]
    assert market.refused(ReleaseGuarantee(guarantee_id="g2")) == "payout_breaks_cover"
    market.do(ReleaseGuarantee(guarantee_id="g1"))
    market.until(START + 45 * DAY)
    assert market.of_merchant("deposit") == 9_000


def test_a_guarantee_that_ends_leaves_money_behind_for_what_is_claimed() -> None:
    chosen = policy("covered(0.99)", payout_cycle=0)
    market = OneMarket(chosen)
    market.do(standing("g1", "m1", 9_000, ends_at=START + 40 * DAY))
    market.sell_captured("o1", 9_000)
    market.wait(DAY)
    market.claim(9_000)
    assert market.row(Coverage, "m1").cover_minor == 0
    market.until(START + 40 * DAY)
    sums = market.row(Coverage, "m1")
    assert (leaned_on(sums, chosen, market.now), sums.cover_minor) == (0, 9_000)
