"""Rings: deposits, accomplices' orders, claims in and after the window, refunds; what they gain is told."""

from msgspec.structs import replace
from small import small

from holdfast.claims.model import OpenClaim
from holdfast.engine.execution import Outcome, Submission
from holdfast.kernel.clock import DAY, Instant
from holdfast.kernel.rows import Command
from holdfast.lab.distributions import Constant
from holdfast.lab.market import Adversary, Market
from holdfast.lab.results import HONEST, SellerFigures
from holdfast.lab.sellers import population
from holdfast.lab.simulation import Run
from holdfast.policy.model import Policy
from holdfast.policy_files.reading import named
from holdfast.settlement.model import PayDeposit, Refund, ReturnDeposit

ROLLING = named("rolling_reserve(15%, 30d)")
COVERED = named("covered(0.95)")

RING = Adversary(
    name="ring",
    share=0.3,
    build=Constant(45 * DAY),
    wash=Constant(2.0),
    accomplices=Constant(20),
    stays=Constant(10 * DAY),
    claims_before=Constant(5 * DAY),
)


class Heard(Run):
    """A run that keeps what merchants and accomplices asked for, and whether it was done."""

    def __init__(self, market: Market, policy: Policy) -> None:
        super().__init__(market, policy, population(market, policy, 1, 0), (1, 0))
        self.heard: list[tuple[Instant, Command, bool]] = []

    def _listen(self, submission: Submission | None, at: Instant, outcome: Outcome) -> None:
        super()._listen(submission, at, outcome)
        if submission is not None:
            self.heard.append((at, submission.command, outcome.refusal is None))

    def of(self, kind: type[Command]) -> list[tuple[Instant, Command, bool]]:
        return [one for one in self.heard if isinstance(one[1], kind)]


def played(
    adversary: Adversary, policy: Policy = ROLLING, days: int = 100
) -> tuple[Heard, list[SellerFigures]]:
    market = replace(small(merchants=10, days=days, warm_up_days=30), adversaries=(adversary,))
    found = Heard(market, policy)
    found.whole(lambda _share: None)
    figures = found.figures("p", 0, 0.0)
    assert figures.ledger_sum_minor == 0
    rings = [one for one in figures.sellers if one.kind == "ring" and one.over]
    assert rings
    return found, rings


def test_accomplices_orders_are_no_sales_and_their_fees_are_the_rings_cost() -> None:
    _, rings = played(RING)
    for one in rings:
        whole = one.whole
        assert 0 < whole.own_fees_minor <= whole.fees_minor
        washed = whole.own_fees_minor * 10_000 / (ROLLING.fee_bp + ROLLING.fund_share_bp)
        assert 0.5 < washed / (2 * 45 * one.ordinary_minor) < 1.01
        assert whole.sales_minor < washed
        assert whole.paid_minor == whole.fees_minor + whole.deposit_used_minor


def test_a_deposit_is_paid_on_joining_and_taken_out_on_the_last_day_as_far_as_cover_allows() -> None:
    adversary = replace(RING, deposit=Constant(20.0), takes_deposit_out=True)
    found, _ = played(adversary)
    paid = {
        command.merchant_id
        for _, command, done in found.of(PayDeposit)
        if isinstance(command, PayDeposit) and done
    }
    asked = [command for _, command, _ in found.of(ReturnDeposit) if isinstance(command, ReturnDeposit)]
    assert paid >= {command.merchant_id for command in asked}
    assert asked
    assert len(asked) == 8 * len({command.merchant_id for command in asked})
    held, _ = played(adversary, COVERED)
    assert not all(done for _, _, done in held.of(ReturnDeposit))


def test_accomplices_claim_after_the_window_and_are_believed() -> None:
    found, rings = played(replace(RING, claims_late=Constant(1.0)))
    claims = [command for _, command, done in found.of(OpenClaim) if isinstance(command, OpenClaim) and done]
    own = [claim for claim in claims if claim.reason == "not as shown" and claim.amount_minor > 0]
    assert own
    without = played(RING)[1]
    assert sum(one.whole.gross_minor for one in rings) > sum(one.whole.gross_minor for one in without)


def test_accomplices_claim_in_the_window_only_what_was_debited_in_it() -> None:
    found, _ = played(replace(RING, claims_in_window=Constant(1.0)))
    late, _ = played(replace(RING, claims_late=Constant(1.0)))
    orders = [
        {command.order_id for _, command, _ in run.of(OpenClaim) if isinstance(command, OpenClaim)}
        for run in (found, late)
    ]
    ours = [{order for order in each if order not in (orders[0] & orders[1])} for each in orders]
    assert ours[0]
    assert ours[1]
    assert not ours[0] & ours[1]


def test_accomplices_are_refunded_on_the_last_day_and_nothing_of_them_is_kept() -> None:
    found, _ = played(replace(RING, refunds=Constant(1.0)), named("full"))
    refunds = found.of(Refund)
    assert any(done for _, _, done in refunds)
    asked = {command.order_id for _, command, _ in refunds if isinstance(command, Refund)}
    assert not asked & found.home.awaited


def test_under_full_a_ring_that_only_washes_gains_nothing() -> None:
    for one in played(RING, named("full"))[1]:
        assert one.whole.gross_minor == 0
        assert one.whole.paid_minor > 0


def test_honest_merchants_never_wash_nor_scheme() -> None:
    found, _ = played(replace(RING, claims_late=Constant(1.0), refunds=Constant(1.0)), COVERED)
    figures = found.figures("p", 0, 0.0)
    assert all(one.whole.own_fees_minor == 0 for one in figures.sellers if one.kind == HONEST)
