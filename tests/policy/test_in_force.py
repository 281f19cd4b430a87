"""Which policy is in force is a row and a fact."""

from random import Random

from histories import START, opening, policy, sale
from holdfast.engine.execution import Submission
from holdfast.engine.memory import Memory
from holdfast.journal.requests import Request
from holdfast.kernel.ids import Ids
from holdfast.orders.model import Order
from holdfast.policy.model import IN_FORCE, AdoptPolicy, InForce, PolicyAdopted
from one_market import OneMarket, of

FULL, COVERED = policy("full"), policy("covered(0.99)")


def test_every_change_is_a_fact_and_a_repetition_is_none() -> None:
    market = OneMarket(FULL)
    for chosen in (FULL, COVERED, COVERED, FULL):
        market.home.adopt(chosen, market.now)
    told = [body.version for body in of(PolicyAdopted, market.home.facts())]
    assert told == [FULL.version, COVERED.version, FULL.version]
    assert market.row(InForce, IN_FORCE).version == FULL.version
    market.check()


def test_a_change_counts_within_its_batch() -> None:
    market = OneMarket(FULL)
    first, second = (sale(key, "m1", "c1", 100, 1)[0] for key in ("o1", "o2"))
    market.run(first, AdoptPolicy(policy=COVERED), second)
    assert market.order("o1").policy_version == FULL.version
    assert market.order("o2").policy_version == COVERED.version


def test_before_any_policy_is_in_force_nothing_begins_and_the_answer_is_not_kept() -> None:
    home = Memory(Ids(Random(1)))
    commands = [*opening(), *sale("o1", "m1", "c1", 100, 1)]
    refused = home.run([Submission(command, START, f"k{n}") for n, command in enumerate(commands)])
    codes = {outcome.refusal.code for outcome in refused if outcome.refusal is not None}
    assert codes == {"no_policy_in_force", "not_found"}
    assert len(refused) == len(commands)
    assert list(home.rows(Request)) == []
    home.adopt(FULL, START)
    done = home.run([Submission(command, START, f"k{n}") for n, command in enumerate(commands)])
    assert all(outcome.accepted for outcome in done)
    assert home.row(Order, "o1") is not None
