"""Every state of a row × every event: it goes where the table says, or is refused and stays.

A walker brings a market to where a row is in a state, and an event about to happen to it; then it lets it
happen, by its command, or by what brings it about: a deadline, what a provider or another command does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pytest

from holdfast.house import HANDLERS, KEPT
from holdfast.kernel.refusal import WrongState
from holdfast.kernel.rows import Row
from holdfast.kernel.states import advance
from one_market import OneMarket
from who_asks import Asked

COMMANDS = frozenset(kind.__name__ for kind in HANDLERS)

Asks = Callable[[OneMarket], Asked]
"""Makes the command that an event is."""

Happens = Callable[[OneMarket], object]
"""Lets an event happen that is no command of its own."""


@dataclass(frozen=True)
class Walker:
    """How the states of the row with the id `key` are reached, and how each event is made to happen.

    `reach` is called with the event that will follow: what brings it about may have to be prepared.
    """

    kind: type[Row]
    key: str
    reach: Mapping[Any, Callable[[str], OneMarket]]
    asks: Mapping[str, Asks]
    happens: Mapping[str, Happens]
    field: str = "state"

    @property
    def events(self) -> list[str]:
        """All events, by name."""
        return sorted([*self.asks, *self.happens])

    @property
    def table(self) -> Mapping[Any, Mapping[str, StrEnum]]:
        """The transitions that the row's room declares."""
        states = KEPT[self.kind].states
        assert states is not None, f"{self.kind.__name__} has no states"
        return states.transitions

    def state(self, market: OneMarket) -> StrEnum:
        """Return the state that the row is in."""
        return getattr(market.row(self.kind, self.key), self.field)

    def check(self) -> None:
        """Every state is reached, every event happens, and what is named as a command is one."""
        events = {event for steps in self.table.values() for event in steps}
        assert self.reach.keys() == self.table.keys()
        assert self.asks.keys() == events & COMMANDS
        assert self.happens.keys() == events - COMMANDS

    def walk(self, state: StrEnum, event: str) -> None:
        """Let the event happen to the row in this state."""
        target = self.table[state].get(event)
        market = self.reach[state](event)
        assert self.state(market) is state, "the walker has not come to where it should begin"
        if target is None:
            self._refuse(market, event)
            assert self.state(market) is state
            return
        if event in self.asks:
            market.do(self.asks[event](market))
        else:
            self.happens[event](market)
        assert self.state(market) is target

    def _refuse(self, market: OneMarket, event: str) -> None:
        if event in self.asks:
            assert market.refused(self.asks[event](market)) == "wrong_state"
            return
        with pytest.raises(WrongState):  # nobody can ask for it: what brings it about asks the table first
            advance(self.table, self.state(market), event, self.key)


def steps_of(walker: Walker) -> list[tuple[StrEnum, str]]:
    """Return every state with every event."""
    return [(state, event) for state in walker.table for event in walker.events]


def step_by_step(market: OneMarket, done: Callable[[], bool], *, most: int = 100) -> None:
    """Let one command or deadline happen after the other until something is so."""
    for _ in range(most):
        if done():
            return
        market.home.play_steps([], 1, react=lambda _fact: (), listen=lambda _s, _at, _o: None)
        facts = list(market.home.facts())
        market.now = max(market.now, facts[-1].at)
        market.check()
    raise AssertionError(f"it was not so after {most} steps")
