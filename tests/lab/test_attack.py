"""The promise, attacked: random and adversarial merchants with accomplices, thousands a run.

What is promised is judged by an oracle of its own (`lab.attack.oracle`). Each failure prints the shortest
schedule that was found to break a clause.
"""

from random import Random

import pytest

from holdfast.lab.attack import chance, strategies
from holdfast.lab.attack.search import Find, Searched, search
from holdfast.lab.attack.shrinking import broken_by, shrunk
from holdfast.lab.attack.stage import perform
from holdfast.lab.attack.strategies import STRATEGIES
from holdfast.lab.attack.telling import told
from thorough import examples

POLICIES = ("full", "covered(0.95)", "covered(0.99)")
SEEDS = range(examples(4))
TRIALS = 150
"""Of each policy and seed: 1,800 in all by `make test-all`.

Elsewhere there are fewer seeds, and not fewer of these: a search learns as it goes.
"""

DRAWS = 6

LONG_SEEDS = range(100, 108)
LONG_TRIALS = 1_000
"""Of each policy and seed: 24,000 in all."""


def holds(found: Searched) -> None:
    """Fail where a clause broke, with the shortest schedule of the first."""
    if found.finds:
        names = ", ".join(find.found.clause.value for find in found.finds)
        find = found.finds[0]
        schedule = shrunk(find.schedule, find.found.clause, tries=150)
        short = Find(broken_by(schedule, find.found.clause), schedule, find.trial)
        pytest.fail(
            "\n".join([f"{found.broken} of {found.trials} broke {names}", *told(short)]), pytrace=False
        )


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("number", range(len(STRATEGIES)), ids=[one.__name__ for one in STRATEGIES])
def test_no_known_strategy_breaks_the_promise(number: int, policy: str) -> None:
    for seed in range(DRAWS):
        rng = Random(seed)
        schedule = strategies.schedule(number, chance.setting(policy, "", rng), rng)
        broken = perform(schedule).breaks
        if broken:
            pytest.fail("\n".join(told(Find(broken[0], schedule, seed))), pytrace=False)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_search_finds_what_breaks_the_promise(policy: str, seed: int) -> None:
    holds(search(policy, "", TRIALS, Random(seed)))


@pytest.mark.long
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("seed", LONG_SEEDS)
def test_no_long_search_finds_what_breaks_the_promise(policy: str, seed: int) -> None:
    holds(search(policy, "", LONG_TRIALS, Random(seed)))
