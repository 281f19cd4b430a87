"""The main job on real data: what consumers lose today, and what under our policies."""

import msgspec
import pytest
from replay_markets import OLIST

from holdfast.importers import source
from holdfast.importers.history import History
from holdfast.replay import homes
from holdfast.replay.document import document
from holdfast.replay.policies import DEFAULT, chosen
from holdfast.replay.results import PolicyResult, Replay
from holdfast.replay.runner import Scenario, run
from holdfast.replay.timeline import choose_vanishings
from holdfast.replay.world import Assumptions

SEED = 7

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not OLIST.is_dir(), reason=f"the Olist data is not beside this repository: {OLIST}"),
]


@pytest.fixture(scope="module")
def olist() -> History:
    return source.read(str(OLIST))


def replayed(olist: History, *specs: str) -> Replay:
    scenario = Scenario(olist, choose_vanishings(olist, 20, SEED), Assumptions(), SEED)
    policies = chosen(specs, Assumptions().consumer_limit_minor)
    return run(scenario, policies, "memory", homes.memory(SEED), lambda _name, _share: None)


@pytest.fixture(scope="module")
def found(olist: History) -> Replay:
    return replayed(olist, *DEFAULT)


def test_all_pairs_of_order_and_seller_run(found: Replay) -> None:
    assert (found.orders, found.rejected_rows, found.currency) == (7433, 775, "BRL")
    assert [result.policy for result in found.policies] == ["full", "covered(0.99)", "today"]
    assert found.facts == sum(result.facts for result in found.policies)


def test_nothing_claimed_in_time_is_lost_under_our_policies_and_much_is_today(found: Replay) -> None:
    full, covered, today = found.policies
    for ours in (full, covered):
        assert ours.uncovered_minor == ours.late_uncovered_minor < ours.late_claimed_minor
        assert ours.claims > 0
    assert today.uncovered_minor - today.late_uncovered_minor > 0
    assert today.uncovered_minor > 3 * full.uncovered_minor
    assert today.consumers_uncovered > 0


def test_the_ledger_sums_up_to_zero(found: Replay) -> None:
    assert [result.ledger_sum_minor for result in found.policies] == [0, 0, 0]


def test_what_was_claimed_is_what_was_paid_and_what_was_not(found: Replay) -> None:
    for result in found.policies:
        assert result.claimed_minor == result.compensated_minor + result.uncovered_minor
        assert sum(msgspec.structs.astuple(result.sources)) == result.compensated_minor
        assert sum(day.sales_minor for day in result.days) > 0


def test_every_run_away_is_told(found: Replay) -> None:
    for result in found.policies:
        assert len(result.run_aways) == 20
        for told in result.run_aways:
            assert told.declared_at is not None, told.merchant_id
            assert told.owed_minor == told.compensated_minor + told.uncovered_minor
            assert {"vanished", "declared"} <= {event.kind for event in told.events}


def test_a_consumer_is_debited_less_under_ours(found: Replay) -> None:
    full, _, today = found.policies
    assert full.captures_stopped_minor > today.captures_stopped_minor
    assert full.claimed_minor < today.claimed_minor


@pytest.mark.long
def test_the_same_run_gives_the_same_figures(olist: History, found: Replay) -> None:
    def lasting(result: PolicyResult) -> PolicyResult:
        return msgspec.structs.replace(result, seconds=0.0)

    again = replayed(olist, "full")
    assert lasting(again.policies[0]) == lasting(found.policies[0])
    assert lasting(again.policies[-1]) == lasting(found.policies[-1])


def test_the_document_has_the_promised_form(found: Replay) -> None:
    plain = document(found)
    assert list(plain)[:5] == ["orders", "facts", "seconds", "rejected_rows", "currency"]
    promised = [
        "policy",
        "gmv_minor",
        "claims",
        "claimed_minor",
        "compensated_minor",
        "uncovered_minor",
        "from",
        "fund_recovered_minor",
        "min_coverage_ratio",
        "locked_days_of_sales",
        "ledger_sum_minor",
    ]
    for policy in plain["policies"]:
        assert list(policy)[: len(promised)] == promised
        assert list(policy["from"]) == ["order", "available", "reserve", "deposit", "guarantee", "fund"]
