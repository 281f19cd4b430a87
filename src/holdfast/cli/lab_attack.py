"""`holdfast lab attack`: a search for actions that break the promise of a policy.

The result goes to stdout, progress to stderr. Exit code 1 says that a promise broke.
"""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from holdfast.cli.documents import write_json
from holdfast.cli.lab_options import Finished, Processes, folder
from holdfast.cli.options import Quiet, Seed
from holdfast.cli.places import AsJson
from holdfast.cli.problems import answering
from holdfast.cli.progress import bars
from holdfast.kernel.sorts import REFUSED

if TYPE_CHECKING:
    from holdfast.lab.attack.hunt import Hunted

DEFAULT = ("full", "covered(0.95)")
_MOST_TRIALS = 10_000_000

_LEFT = "What is finished is kept: run the same again on the same code, and it goes on there."


Policies = Annotated[
    list[str] | None,
    typer.Option(
        "--policy",
        metavar="POLICY",
        help="Whose promise is attacked: full, covered(0.95) or a .toml file; once for each  "
        "[default: full and covered(0.95)]",
        show_default=False,
    ),
]
As = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="POLICY",
        help="Judge as if this had been promised: shows that the search finds breaks of a laxer policy",
        show_default=False,
    ),
]
Trials = Annotated[
    int, typer.Option("--trials", metavar="N", min=1, max=_MOST_TRIALS, help="Trials of each policy")
]


def attack(
    policy: Policies = None,
    promise: As = "",
    trials: Trials = 10_000,
    seed: Seed = 0,
    processes: Processes = 0,
    data: Finished = None,
    *,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Search for acts of merchants and accomplices that break the promise; exit code 1 where it broke."""
    from holdfast.lab.attack import hunt  # noqa: PLC0415 - the lab is slow to import
    from holdfast.lab.jobs import Kept, processors  # noqa: PLC0415 - as above

    policies = list(dict.fromkeys(policy or DEFAULT))
    with answering(as_json=as_json, interrupted=_LEFT):
        for base in policies:
            hunt.check(base, promise)
        kept = Kept(folder(data))
        with bars(quiet=quiet) as shown:
            shown.plan(dict.fromkeys(policies, 1.0))
            hunted = hunt.hunt(policies, promise, trials, seed, processes or processors(), kept, shown.tell)
    if as_json:
        document = {"seed": seed, "broken": any(one.finds for one in hunted), "policies": hunted}
        write_json(document)
    else:
        for line in _told(hunted):
            sys.stdout.write(f"{line}\n")
    kept.forget()
    if any(one.finds for one in hunted):
        raise typer.Exit(REFUSED)


def _told(hunted: "list[Hunted]") -> Iterator[str]:
    from holdfast.lab.attack.telling import told  # noqa: PLC0415 - as above

    for one in hunted:
        judged = f", judged as {one.promise} 按其判定" if one.promise else ""
        yield f"{one.policy}{judged}: {one.trials:,} trials of {one.steps:,} steps 次试验"
        if not one.finds:
            yield "  No break was found 未发现违约"
        else:
            yield f"  {one.broken:,} broke a promise 次违约; of each clause the shortest 每条款列最短一例"
        if one.closest:
            near = ", ".join(f"{aim} {value:+.4f}" for aim, value in one.closest.items())
            yield f"  closest, as shares of sales (above 0: broken) 距违约最近 (占销售额): {near}"
        for find in one.finds:
            yield ""
            yield from told(find)
        yield ""
