"""A market in memory for directed tests: commands now, time that passes, and an audit after each step."""

from collections.abc import Iterable
from random import Random
from typing import TypeVar

from histories import LISTING, START, Provider, opening, policy, sale
from holdfast.audit.checks import audit
from holdfast.claims.model import OpenClaim
from holdfast.engine.execution import Outcome
from holdfast.engine.memory import Memory
from holdfast.engine.tasks import Task
from holdfast.house import COMMANDS, Commands
from holdfast.kernel.actor import Role
from holdfast.kernel.clock import DAY, Duration, Instant
from holdfast.kernel.ids import Ids
from holdfast.kernel.refusal import RefusalRecord
from holdfast.kernel.rows import Fact, FactBody, Row
from holdfast.ledger.model import Account
from holdfast.orders.model import Order, PlaceOrder
from holdfast.policy.model import Policy
from holdfast.settlement.model import CapitaliseFund
from who_asks import Asked, asked

R = TypeVar("R", bound=Row)
B = TypeVar("B", bound=FactBody)

RELIABLE = Provider(0, 0, 0)
SILENT = Provider(0, 0, 100)
FAILING = Provider(0, 100, 0)

__all__ = ["FAILING", "LISTING", "RELIABLE", "SILENT", "START", "OneMarket", "of", "policy", "sale"]


def of(kind: type[B], facts: Iterable[Fact]) -> list[B]:
    """Return the bodies of one kind, in order."""
    return [fact.body for fact in facts if isinstance(fact.body, kind)]


class OneMarket:
    """Three merchants and three consumers under one policy, see `histories.opening`."""

    def __init__(self, chosen: Policy | None = None, *, fund: int = 0, commands: Commands = COMMANDS) -> None:
        self.home = Memory(Ids(Random(1)), commands=commands)
        self.now: Instant = START
        self.home.adopt(chosen or policy("full"), self.now)
        self.do(*opening())
        if fund:
            self.do(CapitaliseFund(currency="CNY", amount_minor=fund))

    def run(self, *commands: Asked, key: str | None = None) -> list[Outcome]:
        """Run commands now, as one batch."""
        return self.home.run([asked(command, self.now, key) for command in commands])

    def do(self, *commands: Asked) -> list[Fact]:
        """Run commands that must be accepted; return their facts."""
        facts: list[Fact] = []
        for command in commands:
            [outcome] = self.run(command)
            assert outcome.refusal is None, outcome.refusal
            facts += outcome.facts
        self.check()
        return facts

    def refusal(self, command: Asked) -> RefusalRecord:
        """Run a command that must be refused, and leave no trace; return why."""
        before = self.picture()
        [outcome] = self.run(command)
        assert outcome.refusal is not None, f"{command} was accepted"
        assert self.picture() == before
        return outcome.refusal

    def refused(self, command: Asked) -> str:
        """Run a command that must be refused; return the code."""
        return self.refusal(command).code

    def wait(self, duration: Duration, provider: Provider = RELIABLE) -> list[Fact]:
        """Let time pass; return what happened."""
        return self.until(self.now + duration, provider)

    def until(self, instant: Instant, provider: Provider = RELIABLE) -> list[Fact]:
        """Let time pass up to and with an instant; return what happened."""
        before = len(list(self.home.facts()))
        self.home.play([], react=provider.react, listen=lambda _s, _at, _o: None, until=instant)
        self.now = instant
        self.check()
        return list(self.home.facts())[before:]

    def check(self) -> None:
        """Audit: nothing may be wrong."""
        assert not audit(self.home).findings

    def tasks(self, role: Role | None = None) -> list[Task]:
        """Return what waits for people now."""
        return list(self.home.tasks(self.now, role).items)

    def the_only_task(self) -> Task:
        """Return the only one."""
        [task] = self.tasks()
        return task

    def picture(self) -> list[object]:
        """Return all rows and facts that orders, money and claims could change."""
        kinds = (Order, Account)
        return [*(row for kind in kinds for row in self.home.rows(kind)), len(list(self.home.facts()))]

    def row(self, kind: type[R], key: str) -> R:
        """Return a row that must be there."""
        row = self.home.row(kind, key)
        assert row is not None, f"no {kind.__name__} {key}"
        return row

    def order(self, order_id: str = "o1") -> Order:
        """Return an order."""
        return self.row(Order, order_id)

    def balance(self, account_id: str) -> int:
        """Return what is posted on an account; nothing, where it was never used."""
        account = self.home.row(Account, account_id)
        return 0 if account is None else account.posted_minor

    def of_merchant(self, kind: str, merchant_id: str = "m1") -> int:
        """Return what is posted on a merchant's account."""
        return self.balance(f"merchant/{merchant_id}/{kind}/CNY")

    def sell(
        self, order_id: str = "o1", amount: int = 10_000, *, merchant: str = "m1", consumer: str = "c1"
    ) -> None:
        """Sell an order, up to its delivery now."""
        self.do(*sale(order_id, merchant, consumer, amount, 3))

    def sell_captured(self, order_id: str = "o1", amount: int = 10_000, *, merchant: str = "m1") -> None:
        """Sell an order and let its trial pass, up to its debit."""
        self.sell(order_id, amount, merchant=merchant)
        self.wait(7 * DAY + 600_000)
        assert self.order(order_id).captured_at is not None

    def claim(self, amount: int, order_id: str = "o1", claim_id: str = "k1") -> list[Fact]:
        """Open a claim."""
        return self.do(
            OpenClaim(claim_id=claim_id, order_id=order_id, amount_minor=amount, reason="not as shown")
        )


def placing(**changes: object) -> PlaceOrder:
    """Return a command that places order o1 of 100.00 by c1 at m1, changed."""
    whole = {
        "order_id": "o1",
        "merchant_id": "m1",
        "consumer_id": "c1",
        "currency": "CNY",
        "amount_minor": 10_000,
        "listing": LISTING,
    }
    return PlaceOrder(**{**whole, **changes})  # pyright: ignore[reportArgumentType]
