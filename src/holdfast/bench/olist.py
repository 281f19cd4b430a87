"""A real marketplace's history replayed, in a process of its own: how long, and how much memory at its peak.

`python -m holdfast.bench.olist DIR` is that process; it writes one JSON document to stdout.
"""

import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from holdfast.bench.figure import Measured
from holdfast.bench.memory import making
from holdfast.bench.peak import peak_bytes
from holdfast.engine.home import Home
from holdfast.importers.source import read
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text
from holdfast.policy_files import reading
from holdfast.replay import homes
from holdfast.replay.policies import Named, limited
from holdfast.replay.runner import Scenario, run
from holdfast.replay.timeline import build, choose_vanishings
from holdfast.replay.world import Assumptions, vanishing_times

_POLICY = "full"
_SEED = 7
_VANISH = 20
_BYTES_PER_MB = 1_000_000


class ReplayFailed(Refusal):
    """The process that replays did not come to its end."""

    code = "replay_failed"
    sort = Sort.TROUBLE
    what = Text("{folder} 的重放以 {reason} 结束", "the replay of {folder} ended with {reason}")
    fix = Text(
        "请运行 `holdfast replay {folder} --policy full` 查看它的输出",
        "Run `holdfast replay {folder} --policy full` and see what it says",
    )


class Replayed(msgspec.Struct, frozen=True):
    """What the process reports: seconds after loading, the peak with and without the replay, in bytes."""

    seconds: float
    floor_seconds: float
    peak_bytes: int
    loaded_bytes: int


def replay(folder: Path) -> dict[str, Measured]:
    """Replay Olist's history under one policy in a process of its own.

    The floor of the time builds the timeline, walks through it and makes the same facts without handlers;
    that of the memory is the peak once the history is loaded.

    Raises:
        ReplayFailed: the process failed, with what it said last.
    """
    command = [sys.executable, "-m", __name__, str(folder)]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - ourselves
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {done.returncode}"]
        raise ReplayFailed("--olist", folder=folder, reason=said[-1])
    found = msgspec.json.decode(done.stdout, type=Replayed)
    return {
        "replay_olist_seconds": Measured(found.seconds, found.floor_seconds),
        "replay_olist_peak_mb": Measured(
            found.peak_bytes / _BYTES_PER_MB, found.loaded_bytes / _BYTES_PER_MB
        ),
    }


def _replay(folder: str) -> Replayed:
    history = read(folder)
    loaded = peak_bytes()
    assumptions = Assumptions()
    named = Named(_POLICY, limited(reading.named(_POLICY), assumptions.consumer_limit_minor))
    vanishings = choose_vanishings(history, _VANISH, _SEED)
    opened: list[Home] = []

    @contextmanager
    def keeping(number: int, policy: str, run_name: str) -> Generator[Home]:
        with homes.memory(_SEED)(number, policy, run_name) as home:
            opened.append(home)
            yield home

    scenario = Scenario(history, vanishings, assumptions, _SEED)
    found = run(scenario, [named], "memory", keeping, lambda _name, _share: None)
    peak = peak_bytes()
    facts = list(opened[0].facts())
    began = time.perf_counter()
    timeline = build(history, named.policy, vanishing_times(vanishings), assumptions)
    walked = sum(submission.at > 0 for submission in timeline)
    floor = time.perf_counter() - began + making(facts)
    assert walked == len(timeline), "a command before 1970"
    return Replayed(found.seconds, floor, peak, loaded)


if __name__ == "__main__":
    try:
        sys.stdout.buffer.write(msgspec.json.encode(_replay(sys.argv[1])))
    except Refusal as refusal:
        sys.exit(str(refusal))
