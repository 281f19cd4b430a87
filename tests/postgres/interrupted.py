"""A play that is interrupted by Ctrl-C again and again, and goes on each time; run as a program.

The child tells of each outcome in a pipe that holds few of them: it is always in the midst when it is struck.
"""

import fcntl
import json
import os
import signal
import sys
import traceback
from random import Random

from two_homes import constant_ids

from holdfast.audit.checks import audit
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.memory import Memory
from holdfast.kernel.clock import HOUR, MINUTE, Instant, parse
from holdfast.kernel.rows import Command
from holdfast.orders.model import DeliverOrder, Listing, PlaceOrder, ShipOrder
from holdfast.parties.model import OpenPayLater, RegisterMerchant
from holdfast.policy_files.reading import named
from holdfast.postgres.home import Postgres
from holdfast.replay import resumption
from holdfast.replay.world import Assumptions, World

START: Instant = parse("2026-03-01")
POLICY = named("covered(0.99)")
LIVES = 4
PIPE_BYTES = 4_096
OUTCOME_BYTES = 64
INTERRUPTED = 130

WORLD = World(Assumptions(), {})


def timeline() -> list[Submission]:
    """Return a market of some weeks."""
    rng = Random(1)
    merchants = [f"m{number}" for number in range(5)]
    found: list[Submission] = [
        Submission(RegisterMerchant(merchant_id=key, name=key, currency="CNY", owner_ids=(key,)), START)
        for key in merchants
    ]
    for number in range(200):
        consumer, order = f"c{number}", f"o{number}"
        placed = START + rng.randrange(30 * 24) * HOUR
        commands: list[Command] = [
            OpenPayLater(consumer_id=consumer, currency="CNY"),
            PlaceOrder(
                order_id=order,
                merchant_id=rng.choice(merchants),
                consumer_id=consumer,
                currency="CNY",
                amount_minor=rng.randint(1, 9_999),
                listing=Listing(title="a kettle", text="1.7 l", price_minor=9_999),
            ),
            ShipOrder(order_id=order),
            DeliverOrder(order_id=order),
        ]
        found += [
            Submission(command, placed + step * 20 * HOUR + MINUTE) for step, command in enumerate(commands)
        ]
    return sorted(found, key=lambda submission: submission.at)


def unheard(_submission: Submission | None, _at: Instant, _outcome: Outcome) -> None:
    """Hear nothing."""


def in_one_go() -> Memory:
    """Play it in memory."""
    home = Memory(constant_ids())
    home.adopt(POLICY, START - 1)
    home.play(timeline(), react=WORLD.react, listen=unheard)
    return home


def play(url: str, told: int) -> None:
    """Play it, or what is left of it, and tell of each outcome that is new."""
    with Postgres.open(url, ids=constant_ids(), timeline="interrupted", most=60, cache=500) as home:
        progress = home.progress()
        known = START if progress is None else progress.until

        def tell(_submission: Submission | None, at: Instant, _outcome: Outcome) -> None:
            if at > known:
                os.write(told, bytes(OUTCOME_BYTES))

        resumption.play(home, POLICY, timeline(), WORLD.react, tell, constant_ids())


def live(url: str, told: int) -> int:
    """Play in a child's place, and return how it ends. Ctrl-C waits but while it plays."""
    try:
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
            play(url, told)
        finally:
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    except KeyboardInterrupt:
        return INTERRUPTED
    except BaseException:  # noqa: BLE001 - a child ends here, whatever it was
        traceback.print_exc()
        return 1
    return 0


def main(url: str) -> None:
    """Let children play, interrupt all but the last, and write how each ended and what was found then."""
    rng = Random(7)
    ends: list[int] = []
    findings: list[str] = []
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    for life in range(LIVES + 1):
        heard, told = os.pipe()
        fcntl.fcntl(told, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        child = os.fork()
        if not child:
            os.close(heard)
            os._exit(live(url, told))
        os.close(told)
        with open(heard, "rb", buffering=0) as outcomes:  # noqa: PTH123 - a pipe
            left = rng.randrange(100) * OUTCOME_BYTES
            while left > 0 and (more := outcomes.read(left)):
                left -= len(more)
            if life < LIVES:
                os.kill(child, signal.SIGINT)
            while outcomes.read(PIPE_BYTES):
                pass
        _, status = os.waitpid(child, 0)
        ends.append(os.waitstatus_to_exitcode(status))
        with Postgres.open(url, ids=constant_ids()) as home:
            findings += [finding.what for finding in audit(home).findings]
    sys.stdout.write(json.dumps({"ends": ends, "findings": findings}))


if __name__ == "__main__":
    main(sys.argv[1])
