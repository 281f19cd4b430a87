"""Scenarios that a lawyer can read: what people did, by the clock, and what Holdfast did, word for word.

A scenario is a text. Its first lines, up to `policy`, are a title and what it shows. After that every line
that begins at the margin is a step: a day and a time (Beijing), and what somebody does then. What is indented
was written by running it: each fact with its time and its order or merchant, each refusal with its code, and
in the end what stands on which account. The test runs the steps again and compares every line.

After a change `python tests/scenarios/telling_scenarios.py` writes them and `docs/scenarios.md` anew.
"""

import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from textwrap import wrap

from msgspec.structs import replace

from holdfast.audit.checks import audit
from holdfast.claims.model import OpenClaim, RejectClaim, UpholdClaim
from holdfast.enforcement.model import DeclareAbsconded
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.memory import Memory
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
    LoseParcel,
    Part,
    PlaceOrder,
    RefuseReturn,
    ShipOrder,
    WithdrawDelivery,
)
from holdfast.orders.parts import CancelRest, SplitOrder
from holdfast.orders.services import Line, PerformOrder
from holdfast.parties.model import ClearMerchant, OpenPayLater, RegisterMerchant
from holdfast.policy.model import Policy
from holdfast.policy_files.reading import named
from holdfast.psp import sandbox
from holdfast.settlement.facts import CaptureAsked
from holdfast.settlement.model import (
    CapitaliseFund,
    PayDeposit,
    RecordCapture,
    RecordCaptureFailure,
    RecordRecovery,
    Refund,
    ReturnDeposit,
)
from holdfast.settlement.otherwise import (
    DismissDoubt,
    RecordChargeback,
    RecordChargebackWon,
    RecordFreeze,
    RecordFreezeLifted,
    RecordSeizure,
)
from holdfast.settlement.received import AssignReceipt, RecordProviderFee, RecordUnassigned, Target
from holdfast.telling.facts import tell
from who_asks import Asked, Said, asked

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "scenarios.md"
FIRST_MIDNIGHT: Instant = parse("2026-03-01T00:00:00+08:00")
CURRENCY = "CNY"

_STEP = re.compile(r"day +(\d+) (\d\d):(\d\d) *(.*)")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z")
_NOTHING = re.compile(
    r"(?<=[:,;] )CN¥0\.00 (?:from the|to the|to its|as fee|is missing|from what was|it owes|waited for"
    r"|its claim|is not)[^,;]*(?:[,;] |$)"
)
_SUBJECTS = ("order_id", "merchant_id")
_WIDTH = 110
_KEPT_TOGETHER = "~"


def _minor(text: str) -> int:
    return Money.parse(text, CURRENCY).amount_minor


PHRASES: dict[str, type[Command]] = {
    "{consumer_id} orders {order_id} from {merchant_id} for {amount_minor}": PlaceOrder,
    "{_who} cancels {order_id}: {reason}": CancelOrder,
    "{consumer_id} takes course {order_id} at {merchant_id} for {amount_minor}: {_steps}": PlaceOrder,
    "the parcel of {order_id} is split: {_part}": SplitOrder,
    "the carrier lost {order_id}: {reason}": LoseParcel,
    "{order_id} had not arrived: {reason}": WithdrawDelivery,
    "{by} says that {order_id} did not come back: {reason}": RefuseReturn,
    "{_who} states {order_id}: {_lines}": PerformOrder,
    "{_who} ends {order_id}: {reason}": CancelRest,
    "{_who} ships {order_id}": ShipOrder,
    "{order_id} arrives": DeliverOrder,
    "{_who} asks about {order_id}: {question}": AskAfterSales,
    "{_who} answers about {order_id}: {answer}": AnswerAfterSales,
    "{_who} sends {order_id} back": AskReturn,
    "{_who} has {order_id} back": ConfirmReturn,
    "{_who} claims {amount_minor} for {order_id}, as {claim_id}: {reason}": OpenClaim,
    "the panel upholds {claim_id}": UpholdClaim,
    "the panel upholds {claim_id} for {amount_minor}": UpholdClaim,
    "the panel rejects {claim_id}: {reason}": RejectClaim,
    "{_who} refunds {amount_minor} for {order_id}: {reason}": Refund,
    "{_who} pays {order_id} after all": RecordCapture,
    "{merchant_id} pays {amount_minor} into its deposit": PayDeposit,
    "{merchant_id} takes {amount_minor} of its deposit": ReturnDeposit,
    "{by} declares that {merchant_id} ran away: {reason}": DeclareAbsconded,
    "the police recover {amount_minor} from {merchant_id}": RecordRecovery,
    "{by} has looked at {merchant_id}: {reason}": ClearMerchant,
    "the provider took {amount_minor} for {order_id}, as {debit_id}": RecordCapture,
    "{_who}'s bank takes {amount_minor} back for {order_id}, as {chargeback_id}: {reason}": RecordChargeback,
    "{_who}'s bank gives {chargeback_id} back": RecordChargebackWon,
    "the court takes {amount_minor} of {merchant_id}, as {seizure_id}": RecordSeizure,
    "the court freezes {amount_minor} of {merchant_id}, as {freeze_id}": RecordFreeze,
    "the court lets {freeze_id} go": RecordFreezeLifted,
    "the provider says once more that it debited {order_id}": RecordCapture,
    "{by} sees that {doubt_id} was told twice: {reason}": DismissDoubt,
    "the provider got {amount_minor} for an order that nobody knows, as {receipt_id}: {reference}": (
        RecordUnassigned
    ),
    "{by} assigns {receipt_id} to order {target_id}": AssignReceipt,
    "the provider keeps {amount_minor} for itself, as {fee_id}": RecordProviderFee,
}
"""How a step reads, and the command that it is; in braces are fields of the command; `by` asks for it."""

_BESIDES: dict[type[Command], dict[str, object]] = {
    PlaceOrder: {"currency": CURRENCY, "listing": Listing(title="as shown", text="as shown", price_minor=0)},
    RecordRecovery: {"source": "the police"},
    RecordSeizure: {"authority": "the court", "document": "ruling 17"},
    RecordFreeze: {"authority": "the court", "document": "order 18"},
    RecordFreezeLifted: {"document": "order 19"},
    RecordUnassigned: {"currency": CURRENCY},
    AssignReceipt: {"to": Target.ORDER},
    RecordProviderFee: {"currency": CURRENCY, "what": "0.6 % of a debit"},
}

_PEOPLE: dict[type[Command], str] = {UpholdClaim: "the panel", RejectClaim: "the panel"}
"""Who asks, where the phrase does not say it by name."""

_TEXTS = {
    "reason": r".+",
    "_part": r".+",
    "_steps": r".+",
    "_lines": r".+",
    "question": r".+",
    "answer": r".+",
    "reference": r".+",
    "amount_minor": r"[\d.]+",
}


def _sums(text: str) -> list[tuple[str, int]]:
    """Read `o2 for 30.00 and o3 for 10.00`."""
    pairs = (each.rpartition(" for ") for each in text.split(" and "))
    return [(name, _minor(amount)) for name, _, amount in pairs]


def _course(match: re.Match[str]) -> dict[str, object]:
    month = 30 * DAY
    parts = tuple(
        Part(id=key, amount_minor=minor, what=f"month {number}", not_before=FIRST_MIDNIGHT + number * month)
        for number, (key, minor) in enumerate(_sums(match["_steps"]), start=2)
    )
    return {"parts": parts, "service": True, "what": "month 1", "not_before": FIRST_MIDNIGHT + month}


_LISTED: dict[str, Callable[[re.Match[str]], dict[str, object]]] = {
    "{consumer_id} takes course {order_id} at {merchant_id} for {amount_minor}: {_steps}": _course,
    "the parcel of {order_id} is split: {_part}": lambda match: {
        "parts": tuple(Part(id=key, amount_minor=minor) for key, minor in _sums(match["_part"]))
    },
    "{_who} states {order_id}: {_lines}": lambda match: {
        "lines": tuple(Line(item=item, amount_minor=minor) for item, minor in _sums(match["_lines"]))
    },
}
"""Of phrases that name several things with their sums, the fields that these are."""


def pattern(phrase: str) -> str:
    """Return the regular expression of a phrase."""
    return re.sub(r"\{(\w+)\}", lambda found: f"(?P<{found[1]}>{_TEXTS.get(found[1], r'[^ ,:]+')})", phrase)


def command(text: str) -> Asked:
    """Return the command that a phrase stands for, and who asks for it.

    Raises:
        ValueError: no phrase reads so.
    """
    for phrase, kind in PHRASES.items():
        match = re.fullmatch(pattern(phrase), text)
        if match is not None:
            fields = {name: value for name, value in match.groupdict().items() if not name.startswith("_")}
            amounts = {name: _minor(value) for name, value in fields.items() if name == "amount_minor"}
            listed = {} if (of := _LISTED.get(phrase)) is None else of(match)
            by = fields.pop("by", _PEOPLE.get(kind))
            made = kind(**{**fields, **amounts, **listed, **_BESIDES.get(kind, {})})
            return made if by is None else Said(by, made)
    raise ValueError(f"no phrase reads like {text!r}")


class Scenario:
    """A text taken apart: its title and prose, its settings, and its steps."""

    def __init__(self, text: str) -> None:
        kept = [line for line in text.splitlines() if line and not line.startswith((" ", "In the end"))]
        first = next(number for number, line in enumerate(kept) if line.startswith("policy "))
        self.prose = text[: text.index("\npolicy ") + 1]
        self.settings = [line for line in kept[first:] if not line.startswith("day ")]
        self.steps = [line for line in kept[first:] if line.startswith("day ")]

    def setting(self, name: str, default: str) -> str:
        """Return a setting of the head: `policy`, `fund`, `debits`, `owner` of all shops."""
        found = (line.partition(" ")[2].strip() for line in self.settings if line.startswith(f"{name} "))
        return next(found, default)

    def policy(self) -> Policy:
        """Return the policy that is named; `advances yes` has the platform pay at delivery."""
        chosen = named(self.setting("policy", "full"))
        if self.setting("advances", "no") == "no":
            return chosen
        return replace(chosen, version=f"{chosen.version}+advances", advance_on_delivery=True)

    def parties(self) -> list[Command]:
        """Return the commands that bring in whoever is named."""
        placed = [each for each in map(command_of, self.steps) if isinstance(each, PlaceOrder)]
        shops = dict.fromkeys(each.merchant_id for each in placed)
        people = dict.fromkeys(each.consumer_id for each in placed)
        owner = self.setting("owner", "")
        joining: list[Command] = [
            RegisterMerchant(
                merchant_id=key, name=key, currency=CURRENCY, owner_ids=(owner or f"owner-of-{key}",)
            )
            for key in shops
        ]
        joining += [OpenPayLater(consumer_id=key, currency=CURRENCY) for key in people]
        fund = _minor(self.setting("fund", "0"))
        return joining + ([CapitaliseFund(currency=CURRENCY, amount_minor=fund)] if fund else [])

    def react(self, fact: Fact) -> list[tuple[Instant, Command]]:
        """Answer as the provider does, which may fail every debit, or answer none."""
        if isinstance(fact.body, CaptureAsked):
            failed = RecordCaptureFailure(order_id=fact.body.order_id, reason="no money")
            match self.setting("debits", "succeed"):
                case "fail":
                    return [(fact.at + MINUTE, failed)]
                case "unanswered":
                    return []
                case _:
                    pass
        answer = sandbox.ANSWERS.get(type(fact.body))
        return [] if answer is None else answer(fact)


def _at(step: str) -> tuple[Instant, str]:
    match = _STEP.fullmatch(step)
    if match is None:
        raise ValueError(f"a step begins with `day 7 08:00`: {step!r}")
    number, hour, minute, text = match.groups()
    return FIRST_MIDNIGHT + int(number) * DAY + int(hour) * HOUR + int(minute) * MINUTE, text


def command_of(step: str) -> Asked | None:
    """Return what is done in a step; None where only time passes."""
    text = _at(step)[1]
    return command(text) if text else None


def _when(at: Instant) -> str:
    number, rest = divmod(at - FIRST_MIDNIGHT, DAY)
    return f"day {number} {rest // HOUR:02}:{rest % HOUR // MINUTE:02}"


def _line(at: Instant, subject: str, words: str) -> str:
    """Write a line of what happened, its times by the clock of the scenario, its nothings left out."""
    timed = _TIME.sub(lambda found: _when(parse(found[0])).replace(" ", _KEPT_TOGETHER), words)
    begin = f"    {_when(at):14}  {subject:8}  "
    return "\n".join(
        wrap(
            _NOTHING.sub("", timed).rstrip(",; "),
            _WIDTH,
            initial_indent=begin,
            subsequent_indent=" " * len(begin),
        )
    ).replace(_KEPT_TOGETHER, " ")


def _said(fact: Fact) -> str:
    subject = next((key for name in _SUBJECTS if (key := getattr(fact.body, name, None))), "")
    return _line(fact.at, subject, tell(fact, CURRENCY).en)


def run(text: str) -> str:
    """Run a scenario and return its text as it must read.

    Raises:
        AssertionError: the audit found something wrong in the end.
    """
    scenario = Scenario(text)
    steps = [_at(step) for step in scenario.steps]
    home = Memory(Ids(Random(1)))
    home.adopt(scenario.policy(), FIRST_MIDNIGHT)
    joined = home.run([asked(each, FIRST_MIDNIGHT) for each in scenario.parties()])
    assert all(outcome.accepted for outcome in joined)
    timeline = {
        number: asked(done, at)
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
            told[current].append(_line(at, "refused", f"{outcome.refusal.what} [{outcome.refusal.code}]"))

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
    whole = f"    {'all together':{width}}  {Money(total, CURRENCY).decimal():>12}"
    return ["In the end", *lines, whole] if standing else ["In the end", "    nothing stands anywhere"]


def texts() -> list[Path]:
    """Return the scenarios' files."""
    return sorted(FOLDER.glob("*.txt"))


def page() -> str:
    """Return all scenarios as a page of the docs."""
    preface = """
What Holdfast does, told by the clock (Beijing time, from day 0) and printed from the tests that run it word
for word. A line at the margin is what somebody does; what is indented is what follows.
"""
    parts = [f"# Scenarios\n{preface}"]
    for path in texts():
        scenario = Scenario(path.read_text(encoding="utf-8"))
        title, _, prose = scenario.prose.strip().partition("\n")
        told = path.read_text(encoding="utf-8").removeprefix(scenario.prose).strip()
        parts += [f"## {title}", "", prose.strip(), "", "```text", told, "```", ""]
    return "\n".join(parts)


if __name__ == "__main__":
    for path in texts():
        path.write_text(run(path.read_text(encoding="utf-8")), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
