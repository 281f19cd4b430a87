"""The handlers alone: a generated market played in memory."""

import gc
import time
from collections.abc import Sequence
from random import Random
from typing import Any

from msgspec.structs import asdict

from holdfast.bench.figure import Measured
from holdfast.bench.load import Tell
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.memory import Memory
from holdfast.importers.demo import generate
from holdfast.kernel.clock import Instant
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Fact, FactBody
from holdfast.policy_files import reading
from holdfast.replay.policies import limited
from holdfast.replay.timeline import build
from holdfast.replay.world import Assumptions, World, vanishing_times

_SEED = 7
_TOLD_EVERY = 4_096


def facts_per_s(tell: Tell) -> dict[str, Measured]:
    """Measure facts a second through the handlers, with every deadline and answer of the world between.

    The floor makes the same facts again, each from its values, without handlers, rows or deadlines.
    """
    history = generate(_SEED)
    assumptions = Assumptions()
    policy = limited(reading.named("full"), assumptions.consumer_limit_minor)
    vanished = vanishing_times(list(history.vanishings))
    timeline = build(history, policy, vanished, assumptions)
    world = World(assumptions, vanished)
    home = Memory(Ids(Random(_SEED)))  # noqa: S311 - no secrets
    home.adopt(policy, timeline[0].at - 1)
    heard = 0

    def listen(_submission: Submission | None, _at: Instant, _outcome: Outcome) -> None:
        nonlocal heard
        heard += 1
        if not heard % _TOLD_EVERY:
            tell(min(1.0, heard / (3 * len(timeline))))

    gc.collect()
    gc.disable()  # as a replay in memory does: rows and facts make no cycles
    try:
        began = time.perf_counter()
        home.play(timeline, react=world.react, listen=listen)
        seconds = time.perf_counter() - began
        facts = list(home.facts())
        floor_seconds = making(facts)
    finally:
        gc.enable()
    return {"memory_facts_per_s": Measured(len(facts) / seconds, len(facts) / floor_seconds)}


def making(facts: Sequence[Fact]) -> float:
    """Return how long it takes to make the same facts again, each from its values, in seconds."""
    ids = Ids(Random(_SEED))  # noqa: S311 - no secrets
    values: list[tuple[Instant, type[FactBody], dict[str, Any]]] = [
        (fact.at, type(fact.body), asdict(fact.body)) for fact in facts
    ]
    made: list[Fact] = []
    began = time.perf_counter()
    for at, kind, fields in values:
        made.append(Fact(ids.new(at), at, kind(**fields)))
    return time.perf_counter() - began
