"""The ledger against a model of it: a few lines of dictionaries that must always say the same."""

from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from histories import START
from holdfast.audit.checks import audit
from holdfast.bench.bare.model import (
    MoveLinked,
    MoveMoney,
    OpenAccount,
    PlaceHold,
    PostHold,
    ReverseTransfer,
    VoidHold,
)
from holdfast.bench.bare.room import WITH_BARE
from holdfast.engine.execution import Submission
from holdfast.engine.home import balance_at
from holdfast.engine.memory import Memory
from holdfast.kernel.clock import HOUR
from holdfast.kernel.ids import Ids
from holdfast.kernel.money import MAX_MINOR
from holdfast.kernel.rows import Command
from holdfast.ledger.model import Account, Hold
from thorough import examples

FREE, OTHER, KEPT, STRICT, YEN = "free", "other", "kept", "strict", "yen"
ACCOUNTS = {
    FREE: ("CNY", False),
    OTHER: ("CNY", False),
    KEPT: ("CNY", True),
    STRICT: ("CNY", True),
    YEN: ("JPY", True),
}
NAMES = st.sampled_from([*ACCOUNTS, KEPT, STRICT])
AMOUNTS = st.one_of(st.integers(-1, 100), st.sampled_from([1, 10, 50, MAX_MINOR]))
TRANSFERS = st.sampled_from([f"t{number}" for number in range(12)])
HOLDS = st.sampled_from([f"h{number}" for number in range(6)])


class LedgerMachine(RuleBasedStateMachine):
    """Balances, holds and ids kept beside the ledger, by the plainest means."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Memory(Ids(Random(1)), commands=WITH_BARE)
        self.now = START
        self.posted = dict.fromkeys(ACCOUNTS, 0)
        self.done: dict[str, tuple[str, str, int]] = {}
        self.holds: dict[str, tuple[str, str, int]] = {}
        self.open: dict[str, int] = {}
        self.expiry: dict[str, int] = {}
        self.past: list[tuple[int, dict[str, int]]] = []

    def send(self, command: Command) -> str:
        """Run a command; return `ok` or the refusal's code."""
        [outcome] = self.home.run([Submission(command, self.now)])
        return "ok" if outcome.refusal is None else outcome.refusal.code

    @initialize()
    def opens(self) -> None:
        """Open the accounts."""
        for name, (currency, strict) in ACCOUNTS.items():
            command = OpenAccount(account_id=name, currency=currency, never_negative=strict)
            assert self.send(command) == "ok"
            assert self.send(command) == "exists"

    def reserved(self, name: str, side: int) -> int:
        """Return what open holds reserve on an account: 0 is out, 1 is in."""
        return sum(rest for key, rest in self.open.items() if self.holds[key][side] == name)

    def why_not(self, source: str, target: str, amount: int, currency: str) -> str:
        """Say what the rules say of a movement, in their order."""
        left = self.posted[source] - self.reserved(source, 0) - amount
        arrived = self.posted[target] + self.reserved(target, 1) + amount
        rules = (
            (ACCOUNTS[source][0] != currency, "currencies_must_match"),
            (amount <= 0, "amount_must_be_positive"),
            (source == target, "accounts_must_differ"),
            (ACCOUNTS[target][0] != currency, "currencies_must_match"),
            (left < 0 and ACCOUNTS[source][1], "insufficient_funds"),
            (left < -MAX_MINOR or arrived > MAX_MINOR, "balance_overflow"),
        )
        return next((code for wrong, code in rules if wrong), "ok")

    def resent(self, known: tuple[str, str, int], source: str, target: str, amount: int) -> str:
        """Say what a re-sent id is answered."""
        if known[2] != amount:
            return "exists_with_different_amount"
        return "exists" if known[:2] == (source, target) else "exists_with_different_accounts"

    def moved(self, key: str, source: str, target: str, amount: int) -> None:
        """Keep a movement in the model."""
        self.posted[source] -= amount
        self.posted[target] += amount
        self.done[key] = (source, target, amount)

    def expected_move(self, key: str, source: str, target: str, amount: int) -> str:
        """Say what a transfer is answered."""
        if key in self.done:
            return self.resent(self.done[key], source, target, amount)
        return self.why_not(source, target, amount, "CNY")

    @rule(key=TRANSFERS, source=NAMES, into=NAMES, amount=AMOUNTS)
    def moves(self, key: str, source: str, into: str, amount: int) -> None:
        """Transfer."""
        expected = self.expected_move(key, source, into, amount)
        answer = self.send(
            MoveMoney(transfer_id=key, from_id=source, to_id=into, currency="CNY", amount_minor=amount)
        )
        assert answer == expected
        if answer == "ok":
            self.moved(key, source, into, amount)

    @rule(parts=st.lists(st.tuples(TRANSFERS, NAMES, NAMES, AMOUNTS), min_size=1, max_size=4))
    def moves_linked(self, parts: list[tuple[str, str, str, int]]) -> None:
        """Transfer several, all or none."""
        before = (dict(self.posted), dict(self.done))
        expected = "ok"
        for part in parts:
            expected = self.expected_move(*part)
            if expected != "ok":
                self.posted, self.done = before
                break
            self.moved(*part)
        transfers = tuple(
            MoveMoney(transfer_id=key, from_id=source, to_id=target, currency="CNY", amount_minor=amount)
            for key, source, target, amount in parts
        )
        assert self.send(MoveLinked(transfers=transfers)) == expected

    @rule(key=HOLDS, source=NAMES, into=NAMES, amount=AMOUNTS, hours=st.sampled_from([None, 0, 1, 5]))
    def holds_back(self, key: str, source: str, into: str, amount: int, hours: int | None) -> None:
        """Reserve an amount, for ever or for some hours."""
        expires = None if hours is None else self.now + hours * HOUR
        if hours == 0:
            expected = "expires_in_the_past"
        elif key in self.holds:
            expected = self.resent(self.holds[key], source, into, amount)
        else:
            expected = self.why_not(source, into, amount, "CNY")
        command = PlaceHold(
            hold_id=key, from_id=source, to_id=into, currency="CNY", amount_minor=amount, expires_at=expires
        )
        assert self.send(command) == expected
        if expected == "ok":
            self.holds[key] = (source, into, amount)
            self.open[key] = amount
            if expires is not None:
                self.expiry[key] = expires

    @rule(key=TRANSFERS, hold=HOLDS, amount=st.one_of(st.none(), st.integers(-1, 60)))
    def posts(self, key: str, hold: str, amount: int | None) -> None:
        """Post a part of a hold, or what is left of it."""
        answer = self.send(PostHold(hold_id=hold, transfer_id=key, amount_minor=amount))
        if hold not in self.holds:
            assert answer == "not_found"
            return
        source, target, _ = self.holds[hold]
        if key in self.done:
            asked = self.done[key][2] if amount is None else amount
            assert answer == self.resent(self.done[key], source, target, asked)
            return
        rest = self.open.get(hold)
        part = rest if amount is None else amount
        if rest is None or part is None:
            assert answer == "wrong_state"
        elif part <= 0:
            assert answer == "amount_must_be_positive"
        elif part > rest:
            assert answer == "exceeds_hold"
        else:
            assert answer == "ok"
            self.moved(key, source, target, part)
            self.open[hold] -= part
            if not self.open[hold]:
                del self.open[hold]

    @rule(hold=HOLDS)
    def voids(self, hold: str) -> None:
        """Give back what a hold reserves."""
        answer = self.send(VoidHold(hold_id=hold))
        if hold not in self.holds:
            assert answer == "not_found"
        elif self.open.pop(hold, None) is None:
            assert answer == "wrong_state"
        else:
            assert answer == "ok"

    @rule(key=TRANSFERS)
    def reverses(self, key: str) -> None:
        """Send a transfer back, once only."""
        answer = self.send(ReverseTransfer(transfer_id=key))
        if key not in self.done:
            assert answer == "not_found"
        elif f"{key}/reversal" in self.done:
            assert answer == "already_reversed"
        else:
            source, target, amount = self.done[key]
            assert answer == self.why_not(target, source, amount, "CNY")
            if answer == "ok":
                self.moved(f"{key}/reversal", target, source, amount)

    @rule(hours=st.integers(1, 3))
    def waits(self, hours: int) -> None:
        """Let time pass: holds expire at their instant, not before."""
        self.past.append((self.now, dict(self.posted)))
        self.now += hours * HOUR
        self.home.advance(self.now)
        for key in [key for key in self.open if self.expiry.get(key, self.now + 1) <= self.now]:
            del self.open[key]

    @invariant()
    def balances_are_the_models(self) -> None:
        """Every account stands where the model says."""
        for account in self.home.rows(Account):
            assert account.posted_minor == self.posted[account.id]
            assert account.pending_out_minor == self.reserved(account.id, 0)
            assert account.pending_in_minor == self.reserved(account.id, 1)
        assert {hold.id: hold.open_minor for hold in self.home.rows(Hold) if hold.open_minor} == self.open

    @invariant()
    def the_audit_finds_nothing(self) -> None:
        """All invariants hold."""
        assert not audit(self.home).findings

    @invariant()
    def the_past_stays_as_it_was(self) -> None:
        """The balance of an account at an earlier instant can be told later."""
        for at, balances in self.past[-3:]:
            assert {name: balance_at(self.home, name, at) for name in balances} == balances


TestLedgerAgainstAModel = LedgerMachine.TestCase
TestLedgerAgainstAModel.settings = settings(
    max_examples=examples(60),
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
