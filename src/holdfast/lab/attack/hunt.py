"""A whole attack: many searches over several processes, with the shortest find of each clause.

Finds depend on policies, seed and number of trials alone: not on how many processes work.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random

import msgspec

import holdfast
from holdfast.lab.attack.clauses import Clause
from holdfast.lab.attack.schedule import Setting, policy_of, promised
from holdfast.lab.attack.search import AIMS, Find, Searched, search
from holdfast.lab.attack.shrinking import broken_by, shrunk
from holdfast.lab.jobs import Kept, digest_of, perform_all
from holdfast.lab.jobs import Tell as TellShare

TRIALS_A_JOB = 500
"""Trials of one search: its corpus is its own."""

Tell = Callable[[str, float], None]
"""Is told, for a part of the work by its name, the share that is done."""


class Hunted(msgspec.Struct, frozen=True):
    """An attack's result for a policy. `closest` is, aim by aim, how close it came, as a share of sales."""

    policy: str
    promise: str
    trials: int
    broken: int
    steps: int
    closest: dict[str, float]
    finds: tuple[Find, ...]


class Search(msgspec.Struct, frozen=True):
    """A job: one search."""

    base: str
    promise: str
    seed: int
    number: int
    trials: int
    code: str

    @property
    def name(self) -> str:
        """Return a name for people."""
        return f"{self.base} {self.number}"

    @property
    def digest(self) -> str:
        """Return the digest of the search's parameters."""
        return digest_of("attack", msgspec.to_builtins(self))

    def perform(self, tell: TellShare) -> Searched:
        """Search."""
        chance = Random(f"{self.seed}/{self.number}/{self.base}/{self.promise}")  # noqa: S311 - no secret
        return search(self.base, self.promise, self.trials, chance, tell)


class Shrink(msgspec.Struct, frozen=True):
    """A job: one find, shrunk."""

    find: Find
    code: str

    @property
    def name(self) -> str:
        """Return a name for people."""
        return f"shrinking {self.find.found.clause.value}"

    @property
    def digest(self) -> str:
        """Return a digest that tells it from any other job."""
        return digest_of("shrink", msgspec.to_builtins(self))

    def perform(self, tell: TellShare) -> Find:
        """Shrink."""
        clause = self.find.found.clause
        schedule = shrunk(self.find.schedule, clause, tell=tell)
        return Find(broken_by(schedule, clause), schedule, self.find.trial)


def check(base: str, promise: str) -> None:
    """See that a policy, and the promise that it is judged by, can be read.

    Raises:
        BadPolicy, BadRelease: one cannot.
    """
    policy_of(Setting(base))
    promised(Setting(base, promise))


def hunt(
    policies: Sequence[str], promise: str, trials: int, seed: int, processes: int, kept: Kept, tell: Tell
) -> list[Hunted]:
    """Attack policies one after the other.

    Args:
        policies: each as `policy_files.reading.named` takes it.
        promise: the release policy whose promise is judged, for all; empty for each policy's own.
        trials: of each policy.
        seed: of the random draws.
        processes: how many work at once.
        kept: where finished searches are kept.
        tell: a listener to progress.

    Raises:
        JobLost: a process ended in the midst of its search.
    """
    code = code_digest()
    hunted: list[Hunted] = []
    for base in policies:
        jobs = [
            Search(base, promise, seed, number, min(TRIALS_A_JOB, trials - TRIALS_A_JOB * number), code)
            for number in range(-(-trials // TRIALS_A_JOB))
        ]
        found = perform_all(jobs, Searched, processes, kept, _teller(tell, base))
        shortest = _shortest(found)
        shrinking = [Shrink(find, code) for find in shortest]
        finds = perform_all(shrinking, Find, processes, kept, _teller(tell, f"{base}: shrinking"))
        hunted.append(
            Hunted(
                policy=base,
                promise=promise,
                trials=sum(one.trials for one in found),
                broken=sum(one.broken for one in found),
                steps=sum(one.steps for one in found),
                closest=_closest(found),
                finds=tuple(finds),
            )
        )
    return hunted


def _teller(tell: Tell, name: str) -> Callable[[float], None]:
    return lambda share: tell(name, share)


def _shortest(found: Iterable[Searched]) -> list[Find]:
    """Return of each clause the shortest find, in the order of the clauses."""
    best: dict[Clause, Find] = {}
    for searched in found:
        for find in searched.finds:
            known = best.get(find.found.clause)
            if known is None or len(find.schedule.steps) < len(known.schedule.steps):
                best[find.found.clause] = find
    return [best[clause] for clause in Clause if clause in best]


def _closest(found: Sequence[Searched]) -> dict[str, float]:
    values = {aim: [one.closest[aim] for one in found if aim in one.closest] for aim in AIMS}
    return {aim: max(there) for aim, there in values.items() if there}


def code_digest() -> str:
    """Return a name for the code as it is: a search on other code is not continued."""
    digest = hashlib.sha256()
    root = Path(holdfast.__file__).parent
    for path in sorted(root.rglob("*.py")) + sorted(root.rglob("*.toml")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:32]
