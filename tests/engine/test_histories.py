"""Anything may happen, in any order, under every policy: the books stay right."""

from collections.abc import Generator
from contextlib import contextmanager
from random import Random

import pytest
from hypothesis import HealthCheck, settings

from holdfast.engine.memory import Memory
from holdfast.kernel.ids import Ids
from holdfast.settlement import recovery
from market_machine import machine
from thorough import examples


@contextmanager
def memory() -> Generator[Memory]:
    yield Memory(Ids(Random(1)))


@contextmanager
def memory_in_rounds() -> Generator[Memory]:
    """Two short claims are too many to be paid at once: what is recovered is shared in rounds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recovery, "SLICE", 1)
        yield Memory(Ids(Random(1)))


TestMarketInMemory = machine(memory).TestCase
TestMarketInMemory.settings = settings(
    max_examples=examples(20),
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

TestMarketInRounds = machine(memory_in_rounds).TestCase
TestMarketInRounds.settings = settings(TestMarketInMemory.settings, max_examples=examples(8))
