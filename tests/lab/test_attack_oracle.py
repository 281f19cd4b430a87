"""The attacker and its oracle: that they see what is broken on purpose, and nothing where nothing is."""

from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from holdfast.kernel.clock import DAY
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Fact, FactBody
from holdfast.lab.attack import chance, strategies
from holdfast.lab.attack.books import Entries
from holdfast.lab.attack.clauses import SAYS, Clause
from holdfast.lab.attack.hunt import hunt
from holdfast.lab.attack.mutation import mutated
from holdfast.lab.attack.oracle import Oracle
from holdfast.lab.attack.schedule import START, Do, Schedule, Setting, Step, promised
from holdfast.lab.attack.script import ORDER, Script
from holdfast.lab.attack.search import Searched, search
from holdfast.lab.attack.shrinking import broken_by, shrunk
from holdfast.lab.attack.stage import perform
from holdfast.lab.attack.strategies import STRATEGIES
from holdfast.lab.attack.telling import said, told
from holdfast.lab.attack.watched import Watched
from holdfast.lab.jobs import Kept
from holdfast.ledger.model import Transfer
from holdfast.orders.facts import OrderDelivered, OrderPlaced
from holdfast.settlement.facts import OrderCaptured, OrderCompleted

POLICIES = ("full", "covered(0.95)", "delivery_plus(7)", "rolling_reserve(15%, 30d)")


def clauses(found: Searched) -> set[Clause]:
    return {find.found.clause for find in found.finds}


@pytest.mark.parametrize(
    ("lax", "promise", "broken"),
    [
        ("delivery_plus(0)", "full", {Clause.WINDOW_PAID, Clause.BOUGHT, Clause.GAIN, Clause.GUARD}),
        ("fixed_deposit(100000)", "covered(0.95)", {Clause.LINE, Clause.BOUGHT, Clause.GAIN}),
        ("rolling_reserve(15%, 30d)", "full", {Clause.WINDOW_PAID, Clause.GAIN, Clause.GUARD}),
        ("covered(0.95)", "full", {Clause.WINDOW_PAID}),
    ],
)
def test_a_laxer_policy_is_found_to_break_the_promise(lax: str, promise: str, broken: set[Clause]) -> None:
    assert clauses(search(lax, promise, 120, Random(3))) >= broken


def trade(policy: str) -> Schedule:
    """Honest sales, a claim in its window that is upheld, one that is rejected, and a run-away."""
    s = Script(Random(1))
    for who in ("anna", "bo", "chen"):
        s.sell(who)
        s.wait(4)
    s.claim(3)
    s.on(Do.CLAIM, 2, 50)
    s.wait(2)
    s.on(Do.REJECT, 2)
    s.does(Do.VANISH)
    return Schedule(Setting(policy, capital_minor=ORDER), tuple(s.steps))


@pytest.mark.parametrize("policy", POLICIES)
def test_nothing_is_found_where_nothing_is_broken(policy: str) -> None:
    assert perform(trade(policy)).breaks == ()
    assert perform(Schedule(Setting(policy), ())).breaks == ()


def test_what_is_judged_is_what_was_promised_and_not_what_is_in_force() -> None:
    lax = trade("delivery_plus(0)")
    as_full = replace(lax, setting=replace(lax.setting, promise="full"))
    assert perform(lax).breaks == ()
    assert Clause.WINDOW_PAID in {one.clause for one in perform(as_full).breaks}


def test_a_search_finds_the_same_again_and_so_do_two_processes(tmp_path: Path) -> None:
    def once(name: str, processes: int) -> object:
        kept = Kept(tmp_path / name)
        return hunt(["delivery_plus(0)"], "full", 60, 5, processes, kept, lambda _name, _share: None)

    assert once("one", 1) == once("two", 2)


def test_a_find_is_shrunk_to_a_few_steps_that_break_the_same_clause() -> None:
    found = search("delivery_plus(0)", "full", 60, Random(2))
    find = next(one for one in found.finds if one.found.clause is Clause.WINDOW_PAID)
    padded = find.schedule.steps + trade("full").steps[:1]
    short = shrunk(replace(find.schedule, steps=padded), Clause.WINDOW_PAID)
    assert len(short.steps) <= 4
    broken = broken_by(short, Clause.WINDOW_PAID)
    assert broken.came_minor != broken.promised_minor


def test_any_change_of_any_schedule_is_a_schedule() -> None:
    rng = Random(11)
    parent = strategies.schedule(0, Setting("covered(0.95)"), rng)
    for number in range(150):
        other = Schedule(chance.setting("covered(0.95)", "", rng), chance.random_steps(rng)[:40])
        parent = mutated(parent, other, (number % 7,), rng)
        if number % 15 == 0:
            perform(parent)
            parent = strategies.schedule(number, parent.setting, rng)


def test_strategies_are_mostly_taken_and_not_refused() -> None:
    """A script whose steps are refused tries nothing."""
    for number, strategy in enumerate(STRATEGIES):
        rng = Random(number)
        schedule = strategies.schedule(number, chance.setting("delivery_plus(0)", "", rng), rng)
        refused = perform(schedule).refused
        assert len(refused) <= len(schedule.steps) // 3, (strategy.__name__, refused)


def test_every_clause_and_every_step_has_its_words_in_both_languages() -> None:
    assert set(SAYS) == set(Clause)
    for do in Do:
        english, chinese = said(Step(do, shop="m", order=1, who="fan", minor=100, percent=50, hours=25))
        assert "{" not in english + chinese
        assert any("一" <= letter <= "鿿" for letter in chinese), chinese


def test_a_find_is_told_with_its_schedule_its_amounts_and_its_promise() -> None:
    found = search("delivery_plus(0)", "full", 30, Random(2))
    lines = "\n".join(told(found.finds[0]))
    for part in ("BROKEN 承诺被打破", "promised 承诺", "judged as 按 full", "day ", "CN¥"):
        assert part in lines


def transfer(number: int, amount: int, balance: int, version: int) -> Transfer:
    return Transfer(
        id=f"t{number}",
        from_id="psp/CNY",
        to_id="merchant/m/deposit/CNY",
        currency="CNY",
        amount_minor=amount,
        from_balance_minor=-balance,
        from_version=version,
        to_balance_minor=balance,
        to_version=version,
        at=START,
        reason="deposit",
    )


@pytest.mark.parametrize(
    ("second", "wrong"),
    [
        (transfer(2, 5, 15, 2), ""),
        (transfer(2, 5, 15, 3), "breaks at 3"),
        (transfer(2, 5, 16, 2), "breaks at 2"),
        (transfer(2, -20, -10, 2), "below zero"),
        (transfer(2, 0, 10, 2), "of 0"),
    ],
)
def test_the_books_see_what_does_not_follow(second: Transfer, wrong: str) -> None:
    entries = Entries()
    entries.add(transfer(1, 10, 10, 1))
    entries.add(second)
    assert wrong in "\n".join(entries.wrong)
    assert bool(entries.wrong) is bool(wrong)


def test_a_row_that_says_something_else_than_the_entries_is_seen() -> None:
    home = Watched(Ids(Random(1)))
    entries = Entries()
    entries.add(transfer(1, 10, 10, 1))
    assert list(entries.compare(home)) == []  # no rows, no contradiction
    entries.balance["psp/CNY"] += 1
    assert list(entries.compare(home)) == ["the entries do not sum to zero"]


def _captured() -> OrderCaptured:
    return OrderCaptured(
        order_id="o1",
        merchant_id="m",
        consumer_id="anna",
        amount_minor=100,
        held_minor=100,
        window_ends_at=START + 15 * DAY,
    )


@pytest.mark.parametrize(("days", "cut"), [(14, True), (15, False)])
def test_a_window_that_closes_early_is_seen(days: int, *, cut: bool) -> None:
    oracle = Oracle(Watched(Ids(Random(1))), promised(Setting("full")))
    parties = {"order_id": "o1", "merchant_id": "m", "consumer_id": "anna"}
    bodies: list[tuple[int, FactBody]] = [
        (0, _placed()),
        (0, OrderDelivered(**parties, amount_minor=100, capture_at=START + 7 * DAY)),
        (7, _captured()),
        (days, OrderCompleted(**parties, amount_minor=100)),
    ]
    for day, body in bodies:
        at = START + day * DAY
        oracle.hear(at, [Fact(f"f{day}", at, body)])
    assert (Clause.WINDOW_CUT in oracle.breaks) is cut


def _placed() -> OrderPlaced:
    return OrderPlaced(
        order_id="o1",
        merchant_id="m",
        consumer_id="anna",
        currency="CNY",
        amount_minor=100,
        policy_version="v",
        snapshot_id="s",
        confirmed=True,
        ship_by=START,
    )


def test_random_lives_reach_every_kind_of_step() -> None:
    """What is always refused is not tried: random lives alone get each kind of step taken."""
    taken: set[Do] = set()
    for seed in range(400):
        rng = Random(seed)
        schedule = Schedule(chance.setting("covered(0.95)", "", rng), chance.random_steps(rng))
        refused = perform(schedule).refused
        taken |= {step.do for number, step in enumerate(schedule.steps) if number not in refused}
        if taken == set(Do):
            return
    raise AssertionError(f"never taken: {set(Do) - taken}")
