"""A sandbox's clock: what is due happens in the order of time, once, whoever moves it and however it ends."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from random import Random

import pytest

from histories import START, opening, policy, sale
from holdfast.audit.checks import audit
from holdfast.engine.agenda import unheard
from holdfast.engine.execution import Submission
from holdfast.engine.memory import Memory
from holdfast.journal.requests import KeyReused
from holdfast.kernel.clock import DAY, HOUR, MINUTE
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Answer, Fact
from holdfast.markets import moving, outside, stage, tables
from holdfast.markets.model import ClockKind, Market
from holdfast.markets.refusals import ClockBackwards, ClockMoving, ClockRuns, JumpTooFar, NoSuchMarket
from holdfast.markets.stage import Hearing, Stage
from holdfast.orders.model import Order, OrderState
from holdfast.policy.model import Policy
from holdfast.postgres.wire import open_wire
from holdfast.psp.sandbox import ANSWERS
from holdfast.settlement.facts import CaptureAsked, OrderCaptured
from sandboxes import advance, do, facts_of, home_of, made, time_of
from who_asks import Asked, asked

ORDERS = 12


def parties() -> list[Asked]:
    """Return a market's parties, and orders that have arrived."""
    return [*opening(), *(each for n in range(ORDERS) for each in sale(f"o{n}", "m1", "c1", 1_000 + n, 3))]


def told(facts: Iterable[Fact]) -> list[tuple[int, str]]:
    return [(fact.at, fact.kind) for fact in facts]


def by_memory(chosen: Policy, until: int) -> list[Fact]:
    """Return the facts of the same market, as a replay has them."""
    home = Memory(Ids(Random(1)), guard=None)
    home.adopt(chosen, START)
    commands: list[Submission] = [asked(each, START) for each in parties()]
    for outcome in home.run(commands):
        assert outcome.accepted

    def react(fact: Fact) -> Iterable[Answer]:
        answer = ANSWERS.get(type(fact.body))
        return () if answer is None else answer(fact)

    for fact in list(home.facts()):
        for at, command, *_ in react(fact):
            home.play([Submission(command, at)], react=react, listen=unheard, until=at)
    home.play((), react=react, listen=unheard, until=until)
    return list(home.facts())


def test_it_happens_as_in_a_replay_however_the_way_is_cut(sandbox: Market) -> None:
    do(sandbox, parties())
    before = len(facts_of(sandbox))
    for by in (0, 3 * DAY, 7 * DAY, HOUR, 50 * DAY - HOUR):
        moved = advance(sandbox, by)
        assert moved.done
        assert moved.following - moved.first == sum(moved.counts.values())
    assert time_of(sandbox) == START + 60 * DAY
    found = facts_of(sandbox)
    assert told(found) == told(by_memory(policy("full"), START + 60 * DAY))
    assert len(found) > before + 4 * ORDERS
    with home_of(sandbox) as home:
        assert {order.state for order in home.rows(Order)} == {OrderState.COMPLETED}
        assert audit(home).findings == []
    assert advance(sandbox, 300 * DAY).counts == {}


def test_commands_happen_at_its_time(sandbox: Market) -> None:
    do(sandbox, opening())
    advance(sandbox, 5 * DAY)
    do(sandbox, sale("o1", "m1", "c1", 1_000, 3))
    assert [fact.at for fact in facts_of(sandbox) if fact.kind == "OrderPlaced"] == [START + 5 * DAY]


def test_it_goes_on_under_its_key_and_is_made_once(sandbox: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    do(sandbox, parties())
    monkeypatch.setattr(stage, "MOST_ACTS", 5)  # spans are cut where many act at once
    tries = [advance(sandbox, 60 * DAY, "k1", 0)]
    while not tries[-1].done:
        tries.append(advance(sandbox, 60 * DAY, "k1", 0))
    assert len(tries) > 5
    assert tries[-1].since == START
    assert time_of(sandbox) == START + 60 * DAY
    again = advance(sandbox, 60 * DAY, "k1")
    assert again == tries[-1]._replace(replayed=True)
    assert time_of(sandbox) == START + 60 * DAY
    assert told(facts_of(sandbox)) == told(by_memory(policy("full"), START + 60 * DAY))
    with pytest.raises(KeyReused):
        advance(sandbox, 61 * DAY, "k1")


class GoneError(Exception):
    """The process is gone."""


@pytest.mark.parametrize("lives", [1, 3])
def test_who_is_gone_before_noting_it_has_done_nothing_twice(
    sandbox: Market, monkeypatch: pytest.MonkeyPatch, lives: int
) -> None:
    do(sandbox, parties())
    noted = tables.drop_acts
    spans = 0

    def gone(connection: object, ids: Iterable[str]) -> None:
        nonlocal spans
        spans += 1
        if spans % (lives + 1):
            raise GoneError
        noted(connection, ids)  # pyright: ignore[reportArgumentType] - what it is called with

    monkeypatch.setattr(tables, "drop_acts", gone)
    ends = 0
    while True:
        try:
            advance(sandbox, 60 * DAY, "k1")
        except GoneError:
            ends += 1
        else:
            break
    assert ends > 3
    assert told(facts_of(sandbox)) == told(by_memory(policy("full"), START + 60 * DAY))
    with home_of(sandbox) as home:
        assert audit(home).findings == []


def test_two_at_once_are_one_and_a_refusal(sandbox: Market) -> None:
    do(sandbox, parties())
    entered: list[Fact] = []
    refused: list[Fact] = []

    def script(fact: Fact, hearing: Hearing) -> Iterable[stage.Next]:
        """Have another one try to move the clock in the midst of it."""
        if not entered:
            entered.append(fact)
            with ThreadPoolExecutor(1) as other, pytest.raises(ClockMoving):
                other.submit(advance, sandbox, DAY).result()
            refused.append(fact)
        return outside.answers(fact, hearing)

    moved = moving.move(sandbox, script, moving.Asked(None, 60 * DAY), 60)
    assert refused
    assert moved.done
    assert time_of(sandbox) == START + 60 * DAY
    assert told(facts_of(sandbox)) == told(by_memory(policy("full"), START + 60 * DAY))


def test_what_cannot_be(sandbox: Market, migrated_url: str) -> None:
    advance(sandbox, DAY)
    with pytest.raises(ClockBackwards):
        moving.move(sandbox, outside.answers, moving.Asked(START, None))
    with pytest.raises(JumpTooFar):
        advance(sandbox, (moving.MOST_DAYS + 1) * DAY)
    running = made(migrated_url, "running", ClockKind.RUNNING)
    with pytest.raises(ClockRuns):
        advance(running)
    other = sandbox._replace(made="another")
    with pytest.raises(NoSuchMarket):
        advance(other)
    assert time_of(sandbox) == START + DAY


def test_acts_come_no_sooner_than_a_span_is_long(sandbox: Market) -> None:
    do(sandbox, parties())

    def hasty(fact: Fact, hearing: Hearing) -> Iterable[stage.Next]:
        return [each._replace(at=fact.at) for each in outside.answers(fact, hearing)]

    with closing(Stage(sandbox, hasty)) as opened:
        while opened.step(START + 60 * DAY) is not None:
            pass
    found = facts_of(sandbox)
    asked_at = {fact.body.order_id: fact.at for fact in found if isinstance(fact.body, CaptureAsked)}
    captured = {fact.body.order_id: fact.at for fact in found if isinstance(fact.body, OrderCaptured)}
    assert captured == {key: at + MINUTE for key, at in asked_at.items()}
    assert len(captured) == ORDERS


def test_an_act_that_is_refused_is_done_with(sandbox: Market) -> None:
    do(sandbox, parties())

    def twice(fact: Fact, hearing: Hearing) -> Iterable[stage.Next]:
        return [each for each in outside.answers(fact, hearing) for _ in range(2)]

    moving.move(sandbox, twice, moving.Asked(None, 60 * DAY), 60)
    with open_wire(sandbox.url, sandbox.schema) as connection:
        assert tables.first_act(connection) is None
    with home_of(sandbox) as home:
        assert {order.state for order in home.rows(Order)} == {OrderState.COMPLETED}
        assert audit(home).findings == []
