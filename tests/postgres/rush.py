"""A worker that sends keyed commands over the same few rows as its fellows; run as a program, often killed.

Whatever becomes of it, each key must have its effect once, and what was answered must be there. It writes a
line for each answered batch into a log; begun again, it goes on after the last line. It reads a byte from its
standard input before each batch, so that whoever began it can strike in the midst of one; from the end of the
input on it runs free.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import msgspec

from holdfast.bench.bare.model import MoveLinked, MoveMoney, OpenAccount, PlaceHold, PostHold, VoidHold
from holdfast.bench.bare.room import WITH_BARE
from holdfast.claims.model import OpenClaim, UpholdClaim
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.home import Home
from holdfast.kernel.actor import Actor, Door, Nature, Role
from holdfast.kernel.clock import HOUR, MINUTE, Instant, parse
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command
from holdfast.orders.model import CancelOrder, DeliverOrder, Listing, PlaceOrder, ShipOrder
from holdfast.parties.model import OpenPayLater, RegisterMerchant, SetConsumerLimit
from holdfast.policy_files.reading import named
from holdfast.postgres import line
from holdfast.postgres.home import Postgres
from holdfast.settlement.model import CapitaliseFund, PayDeposit

START: Instant = parse("2026-03-01")
POLICY = named("covered(0.99)")
ACCOUNTS = ("a1", "a2", "a3", "a4")
MERCHANTS = ("m1", "m2")
CONSUMERS = ("c1", "c2", "c3")
DEPOSIT_MINOR = 700
CAPITAL_MINOR = 11
CONSUMER_LIMIT_MINOR = 20_000


LI = Actor(Nature.PERSON, "Li", Role.STAFF, Door.LIBRARY)
"""Who asks for all of it: a person, as some of it needs one."""


def prepare(home: Home) -> None:
    """Bring in the parties and the accounts that all workers share."""
    home.adopt(POLICY, START - HOUR)
    commands: list[Command] = [OpenAccount(account_id="mint", currency="CNY", never_negative=False)]
    commands += [OpenAccount(account_id=key, currency="CNY") for key in ACCOUNTS]
    commands += [
        MoveMoney(transfer_id=f"fill/{key}", from_id="mint", to_id=key, currency="CNY", amount_minor=1_000)
        for key in ACCOUNTS
    ]
    commands += [
        RegisterMerchant(merchant_id=key, name=key, currency="CNY", owner_ids=("p1",)) for key in MERCHANTS
    ]
    for key in CONSUMERS:
        commands += [
            OpenPayLater(consumer_id=key, currency="CNY"),
            SetConsumerLimit(consumer_id=key, limit_minor=CONSUMER_LIMIT_MINOR),
        ]
    for outcome in home.run([Submission(command, START - HOUR) for command in commands]):
        assert outcome.accepted


def command(rng: Random, name: str) -> Command:
    """Draw a command; what it makes has this name."""
    first, second = rng.sample(ACCOUNTS, 2)
    merchant, consumer = rng.choice(MERCHANTS), rng.choice(CONSUMERS)
    amount = rng.randint(1, 900)
    other = f"{name.partition('/')[0]}/{rng.randrange(60)}"
    move = MoveMoney(transfer_id=name, from_id=first, to_id=second, currency="CNY", amount_minor=amount)
    back = MoveMoney(
        transfer_id=f"{name}/back", from_id=second, to_id=first, currency="CNY", amount_minor=amount // 2 + 1
    )
    listing = Listing(title="a kettle", text=f"edition {rng.randrange(30)}", price_minor=1_000)
    place = PlaceOrder(
        order_id=name,
        merchant_id=merchant,
        consumer_id=consumer,
        currency="CNY",
        amount_minor=amount,
        listing=listing,
    )
    choices: list[Command] = [
        move,
        MoveLinked(transfers=(move, back)),
        PlaceHold(hold_id=name, from_id=first, to_id=second, currency="CNY", amount_minor=amount),
        PostHold(hold_id=other, transfer_id=name),
        VoidHold(hold_id=other),
        OpenAccount(account_id=f"extra/{rng.randrange(40)}", currency="CNY"),
        place,
        place,
        ShipOrder(order_id=other),
        DeliverOrder(order_id=other),
        CancelOrder(order_id=other, reason="rush"),
        OpenClaim(claim_id=name, order_id=other, amount_minor=1, reason="rush"),
        UpholdClaim(claim_id=other),
        PayDeposit(merchant_id=merchant, amount_minor=DEPOSIT_MINOR),
        CapitaliseFund(currency="CNY", amount_minor=CAPITAL_MINOR),
    ]
    return rng.choice(choices)


def plan(stream: int, count: int) -> list[Submission]:
    """Return a stream of commands, the same for everybody who names it; each has a key."""
    rng = Random(stream)
    return [
        Submission(command(rng, f"s{stream}/{number}"), START + number * MINUTE, f"key/{stream}/{number}", LI)
        for number in range(count)
    ]


def shuffled(stream: int, count: int, worker: int) -> Iterator[list[Submission]]:
    """Yield a stream's commands in batches, near to their order but in each worker's own."""
    rng = Random(worker)
    commands = plan(stream, count)
    start = 0
    while start < len(commands):
        batch = commands[start : start + rng.randint(1, 40)]
        start += len(batch)
        rng.shuffle(batch)
        yield batch


Answer = tuple[str, bool, tuple[str, ...], str | None]
"""A key, whether the answer was given before, the ids of its facts, and the code of a refusal."""


def answers(batch: Sequence[Submission], outcomes: Sequence[Outcome]) -> list[Answer]:
    """Return what is logged of a batch."""
    return [
        (
            submission.key or "",
            outcome.replayed_ids is not None,
            outcome.replayed_ids or tuple(fact.id for fact in outcome.facts),
            None if outcome.refusal is None else outcome.refusal.code,
        )
        for submission, outcome in zip(batch, outcomes, strict=True)
    ]


def read_log(log: Path) -> list[list[Answer]]:
    """Return the answers of each batch; a line that a kill cut off is none."""
    if not log.exists():
        return []
    lines = log.read_bytes().split(b"\n")[:-1]
    return [msgspec.json.decode(line, type=list[Answer]) for line in lines]


def work(url: str, stream: int, count: int, worker: int, log: Path, turns: int, told: int | None) -> None:
    """Send all that is not answered yet, with deadlines in between.

    A byte of `turns` lets a batch begin, and one of `told` says that it is answered; they are descriptors.
    """
    line.RECONNECT_SECONDS = 300  # a server that comes back takes its time where others work, too
    done = len(read_log(log))
    home = Postgres(url, None, Ids(Random(time.time_ns() ^ os.getpid())), guard=None, commands=WITH_BARE)
    home.adopt(POLICY, START - HOUR)
    with log.open("ab", buffering=0) as file:
        for number, batch in enumerate(shuffled(stream, count, worker)):
            if number < done:
                continue
            os.read(turns, 1)
            outcomes = home.run(batch)
            file.write(msgspec.json.encode(answers(batch, outcomes)) + b"\n")
            if told is not None:
                os.write(told, b".")
            if number % 5 == 0:
                home.advance(batch[0].at)
    home.close()


def somewhere_in_it(rng: Random) -> None:
    """Let another process get on with its batch: how far it gets, differs each time."""
    for _ in range(rng.randrange(500_000)):
        pass


def live_and_be_killed(url: str, stream: int, count: int, worker: int, log: Path, lives: int) -> None:
    """Let a child work, kill it in the midst of a batch, let the next one go on, and the last one finish."""
    rng = Random(worker)
    ended = 0
    for life in range(lives + 1):
        turns, ours = os.pipe()
        heard, told = os.pipe()
        child = os.fork()
        if not child:
            os.close(ours)
            os.close(heard)
            work(url, stream, count, worker, log, *((turns, told) if life < lives else (0, None)))
            os._exit(0)
        os.close(turns)
        os.close(told)
        if life < lives:
            os.write(ours, b"..")
            if rng.random() < 0.5:
                os.read(heard, 1)
            somewhere_in_it(rng)
            os.kill(child, signal.SIGKILL)
        os.close(ours)
        os.close(heard)
        _, status = os.waitpid(child, 0)
        ended += os.WIFSIGNALED(status)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    sys.stdout.write(json.dumps({"killed": ended}))


if __name__ == "__main__":
    address, lives = sys.argv[1], int(sys.argv[6])
    stream, count, worker = (int(argument) for argument in sys.argv[2:5])
    live_and_be_killed(address, stream, count, worker, Path(sys.argv[5]), lives)
