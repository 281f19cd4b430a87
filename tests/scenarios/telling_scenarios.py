"""Scenarios that a lawyer can read: what people did, by the clock, and what Holdfast did, word for word.

A scenario is a text. Its first lines, up to `policy`, are a title and what it shows. After that every line that
begins at the margin is a step: a day and a time (Beijing), and what somebody does then. What is indented was
written by running it: each fact with its time and its order or merchant, each refusal with its code, and in the
end what stands on which account. The test runs the steps again and compares every line.

To write it anew after a change: `python tests/scenarios/telling_scenarios.py`.
"""

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

from holdfast.cli.telling import tell
from holdfast.engine.audit import audit
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.memory import Memory
from holdfast.enforcement.model import DeclareAbsconded
from holdfast.kernel.clock import DAY, HOUR, MINUTE, Instant, parse
from holdfast.kernel.ids import Ids
from holdfast.kernel.money import Money
from holdfast.kernel.rows import Command, Fact
from holdfast.ledger.model import Account
from holdfast.orders.model import (
    AnswerAfterSales,
    AskAfterSales,
    AskReturn,
    CancelOrder,
    ConfirmReturn,
    DeliverOrder,
    Listing,
    PlaceOrder,
    ShipOrder,
)
from holdfast.parties.model import OpenPayLater, RegisterMerchant
from holdfast.policy.reading import named
from holdfast.psp import sandbox
from holdfast.settlement.model import (
    CapitaliseFund,
    CaptureAsked,
    OpenClaim,
    PayDeposit,
    RecordCapture,
    RecordCaptureFailure,
    RecordRecovery,
    Refund,
    RejectClaim,
    ReturnDeposit,
    UpholdClaim,
)

FOLDER = Path(__file__).parent
FIRST_MIDNIGHT: Instant = parse("2026-03-01T00:00:00+08:00")
CURRENCY = "CNY"

_STEP = re.compile(r"day +(\d+) (\d\d):(\d\d) *(.*)")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z")
_SUBJECTS = ("claim_id", "order_id", "merchant_id")


def _minor(text: str) -> int:
    return Money.parse(text, CURRENCY).amount_minor


def _order(consumer: str, order: str, merchant: str, amount: str) -> Command:
    listing = Listing(title="as shown", text="as shown", price_minor=_minor(amount))
    return PlaceOrder(
        order_id=order,
        merchant_id=merchant,
        consumer_id=consumer,
        currency=CURRENCY,
        amount_minor=_minor(amount),
        listing=listing,
    )


def _claim(_consumer: str, amount: str, order: str, claim: str, reason: str) -> Command:
    return OpenClaim(claim_id=claim, order_id=order, amount_minor=_minor(amount), reason=reason)


def _uphold(claim: str, amount: str | None) -> Command:
    return UpholdClaim(claim_id=claim, by="the panel", amount_minor=None if amount is None else _minor(amount))


_W = r"([\w-]+)"
_M = r"([\d.]+)"
PHRASES: dict[str, Callable[..., Command]] = {
    rf"{_W} orders {_W} from {_W} for {_M}": _order,
    rf"{_W} cancels {_W}: (.+)": lambda _by, order, why: CancelOrder(order_id=order, reason=why),
    rf"{_W} ships {_W}": lambda _by, order: ShipOrder(order_id=order),
    rf"{_W} arrives": lambda order: DeliverOrder(order_id=order),
    rf"{_W} asks about {_W}: (.+)": lambda _by, order, text: AskAfterSales(order_id=order, question=text),
    rf"{_W} answers about {_W}: (.+)": lambda _by, order, text: AnswerAfterSales(order_id=order, answer=text),
    rf"{_W} sends {_W} back": lambda _by, order: AskReturn(order_id=order),
    rf"{_W} has {_W} back": lambda _by, order: ConfirmReturn(order_id=order),
    rf"{_W} claims {_M} for {_W}, as {_W}: (.+)": _claim,
    rf"the panel upholds {_W}(?: for {_M})?": _uphold,
    rf"the panel rejects {_W}: (.+)": lambda claim, why: RejectClaim(claim_id=claim, by="the panel", reason=why),
    rf"{_W} refunds {_M} for {_W}: (.+)": lambda _by, amount, order, why: Refund(
        order_id=order, amount_minor=_minor(amount), reason=why
    ),
    rf"{_W} pays {_M} into its deposit": lambda merchant, amount: PayDeposit(
        merchant_id=merchant, amount_minor=_minor(amount)
    ),
    rf"{_W} takes {_M} of its deposit": lambda merchant, amount: ReturnDeposit(
        merchant_id=merchant, amount_minor=_minor(amount)
    ),
    rf"{_W} pays {_W} after all": lambda _by, order: RecordCapture(order_id=order),
    rf"{_W} declares that {_W} ran away: (.+)": lambda by, merchant, why: DeclareAbsconded(
        merchant_id=merchant, by=by, reason=why
    ),
    rf"the police recover {_M} from {_W}": lambda amount, merchant: RecordRecovery(
        merchant_id=merchant, amount_minor=_minor(amount), source="the police"
    ),
}


def command(text: str) -> Command:
    """Return the command that a phrase stands for.

    Raises:
        ValueError: no phrase reads so.
    """
    for pattern, make in PHRASES.items():
        match = re.fullmatch(pattern, text)
        if match is not None:
            return make(*match.groups())
    raise ValueError(f"no phrase reads like {text!r}")


class Scenario:
    """A text taken apart: its title and prose, its settings, and its steps."""

    def __init__(self, text: str) -> None:
        kept = [line for line in text.splitlines() if line and not line.startswith(" ")]
        first = next(number for number, line in enumerate(kept) if line.startswith("policy "))
        self.prose = text[: text.index("\npolicy ") + 1]
        self.settings = [line for line in kept[first:] if not line.startswith("day ")]
        self.steps = [line for line in kept[first:] if line.startswith("day ")]

    def setting(self, name: str, default: str) -> str:
        """Return a setting of the head: `policy`, `fund`, `debits`."""
        found = (line.partition(" ")[2].strip() for line in self.settings if line.startswith(f"{name} "))
        return next(found, default)

    def parties(self) -> list[Command]:
        """Return the commands that bring in whoever is named."""
        placed = [each for each in map(command_of, self.steps) if isinstance(each, PlaceOrder)]
        shops = dict.fromkeys(each.merchant_id for each in placed)
        people = dict.fromkeys(each.consumer_id for each in placed)
        joining: list[Command] = [
            RegisterMerchant(merchant_id=key, name=key, currency=CURRENCY, owner_ids=(f"owner-of-{key}",))
            for key in shops
        ]
        joining += [OpenPayLater(consumer_id=key, currency=CURRENCY) for key in people]
        fund = _minor(self.setting("fund", "0"))
        return joining + ([CapitaliseFund(currency=CURRENCY, amount_minor=fund)] if fund else [])

    def react(self, fact: Fact) -> list[tuple[Instant, Command]]:
        """Answer as the provider does, which may fail every debit."""
        if isinstance(fact.body, CaptureAsked) and self.setting("debits", "succeed") == "fail":
            return [(fact.at + MINUTE, RecordCaptureFailure(order_id=fact.body.order_id, reason="no money"))]
        answer = sandbox.ANSWERS.get(type(fact.body))
        return [] if answer is None else answer(fact)


def _at(step: str) -> tuple[Instant, str]:
    match = _STEP.fullmatch(step)
    if match is None:
        raise ValueError(f"a step begins with `day 7 08:00`: {step!r}")
    number, hour, minute, text = match.groups()
    return FIRST_MIDNIGHT + int(number) * DAY + int(hour) * HOUR + int(minute) * MINUTE, text


def command_of(step: str) -> Command | None:
    """Return what is done in a step; None where only time passes."""
    text = _at(step)[1]
    return command(text) if text else None


def _when(at: Instant) -> str:
    number, rest = divmod(at - FIRST_MIDNIGHT, DAY)
    return f"day {number} {rest // HOUR:02}:{rest % HOUR // MINUTE:02}"


def _said(fact: Fact) -> str:
    subject = next((getattr(fact.body, name) for name in _SUBJECTS[1:] if hasattr(fact.body, name)), "")
    words = _TIME.sub(lambda found: _when(parse(found[0])), tell(fact, CURRENCY))
    return f"    {_when(fact.at):14}  {subject:8}  {words}"


def run(text: str) -> str:
    """Run a scenario and return its text as it must read.

    Raises:
        AssertionError: the audit found something wrong in the end.
    """
    scenario = Scenario(text)
    steps = [_at(step) for step in scenario.steps]
    home = Memory(Ids(Random(1)))
    home.adopt(named(scenario.setting("policy", "full")), FIRST_MIDNIGHT)
    joined = home.run([Submission(each, FIRST_MIDNIGHT) for each in scenario.parties()])
    assert all(outcome.accepted for outcome in joined)
    timeline = {
        number: Submission(done, at)
        for number, ((at, _), step) in enumerate(zip(steps, scenario.steps, strict=True))
        if (done := command_of(step)) is not None
    }
    told: dict[int, list[str]] = {number: [] for number in range(len(steps))}
    place = {id(submission): number for number, submission in timeline.items()}
    current = 0

    def listen(submission: Submission | None, at: Instant, outcome: Outcome) -> None:
        nonlocal current
        passed = [number for number, (begins, _) in enumerate(steps) if begins < at]
        current = max([current, place.get(id(submission), 0), *passed])
        told[current] += map(_said, outcome.facts)
        if outcome.refusal is not None:
            refusal = outcome.refusal
            told[current].append(f"    {_when(at):14}  refused   {refusal.what} [{refusal.code}]")

    home.play(timeline.values(), react=scenario.react, listen=listen, until=steps[-1][0])
    assert not audit(home).findings
    lines = [line for number, step in enumerate(scenario.steps) for line in (step, *told[number], "")]
    return scenario.prose + "\n".join([*scenario.settings, "", *lines, *_balances(home), ""])


def _balances(home: Memory) -> list[str]:
    """Return what stands where in the end; the provider's side is what is left at it of all that came in."""
    standing = [account for account in home.rows(Account) if account.posted_minor]
    width = max((len(account.id) for account in standing), default=0)
    lines = [
        f"    {account.id:{width}}  {Money(account.posted_minor, account.currency).decimal():>12}"
        for account in standing
    ]
    total = sum(account.posted_minor for account in standing)
    return ["    In the end, and all together nothing:", *lines, f"    {'':{width}}  {Money(total, CURRENCY).decimal():>12}"]


def texts() -> list[Path]:
    """Return the scenarios' files."""
    return sorted(FOLDER.glob("*.txt"))


if __name__ == "__main__":
    for path in texts():
        path.write_text(run(path.read_text(encoding="utf-8")), encoding="utf-8")
