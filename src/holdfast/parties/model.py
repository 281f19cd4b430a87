"""Merchants, the people behind them, and consumers."""

from typing import ClassVar

from holdfast.kernel.approval import A_PERSON, A_PERSON_UNASKED, Approval
from holdfast.kernel.clock import Instant
from holdfast.kernel.money import Money
from holdfast.kernel.rows import Command, FactBody, Row
from holdfast.kernel.text import Named, Text
from holdfast.kernel.told_by import ToldBy


class MerchantStatus(Named):
    """A merchant sells, is suspended, or has run away; the last is for ever."""

    ACTIVE = "active", "营业中"
    SUSPENDED = "suspended", "已暂停"
    ABSCONDED = "absconded", "已跑路"


TRANSITIONS: dict[MerchantStatus, dict[str, MerchantStatus]] = {
    MerchantStatus.ACTIVE: {
        "SuspendMerchant": MerchantStatus.SUSPENDED,
        "DeclareAbsconded": MerchantStatus.ABSCONDED,
    },
    MerchantStatus.SUSPENDED: {
        "ReinstateMerchant": MerchantStatus.ACTIVE,
        "DeclareAbsconded": MerchantStatus.ABSCONDED,
    },
    MerchantStatus.ABSCONDED: {},
}


class Merchant(Row, frozen=True, kw_only=True):
    """A merchant. `owner_ids` are the people behind it; all its sales are in one currency.

    `category` is what it trades in, as the marketplace names it: its peers are those of the same.
    """

    called = Text("商家", "merchant")

    name: str
    currency: str
    owner_ids: tuple[str, ...]
    status: MerchantStatus
    registered_at: Instant
    payouts_held: bool = False
    category: str = ""
    cleared_at: Instant | None = None


class Owner(Row, frozen=True, kw_only=True):
    """A person behind merchants. Who ran once, last `ran_at`, does not come back under another name.

    `debts` are what its merchants that ran owe: one sum a currency, ascending by its code, as it may have
    shops in several. Nothing is paid to the other merchants of one that ran until a person has looked at
    them: `cleared_at`.
    """

    called = Text("所有人", "owner")

    absconded: bool
    debts: tuple[Money, ...] = ()
    ran_at: Instant | None = None


class Consumer(Row, frozen=True, kw_only=True):
    """A consumer. Pay-later is off until the consumer opens it; `outstanding_minor` is owed in all."""

    called = Text("消费者", "consumer")

    currency: str
    opted_in: bool
    limit_minor: int
    outstanding_minor: int


class RegisterMerchant(Command, frozen=True, kw_only=True):
    """Take a merchant in."""

    merchant_id: str
    name: str
    currency: str
    owner_ids: tuple[str, ...]
    category: str = ""


class SuspendMerchant(Command, frozen=True, kw_only=True):
    """Stop new orders and payouts of a merchant, with a reason that it is told."""

    approval: ClassVar[Approval] = A_PERSON_UNASKED

    merchant_id: str
    reason: str


class ReinstateMerchant(Command, frozen=True, kw_only=True):
    """End a suspension."""

    approval: ClassVar[Approval] = A_PERSON_UNASKED

    merchant_id: str


class ClearMerchant(Command, frozen=True, kw_only=True):
    """A person has looked at a merchant one of whose owners ran away with another: it is paid again."""

    approval: ClassVar[Approval] = A_PERSON

    merchant_id: str
    reason: str


class OpenPayLater(Command, frozen=True, kw_only=True):
    """The consumer opens pay-later; without it there is none."""

    consumer_id: str
    currency: str


class ClosePayLater(Command, frozen=True, kw_only=True):
    """The consumer closes pay-later with this one call; what is owed stays owed."""

    consumer_id: str


class SetConsumerLimit(Command, frozen=True, kw_only=True):
    """Set what the consumer may owe in all, in minor units."""

    consumer_id: str
    limit_minor: int


class MerchantRegistered(FactBody, frozen=True, kw_only=True):
    """A merchant joined; `deposit_due_minor` is to be paid in."""

    merchant_id: str
    name: str
    currency: str
    owner_ids: tuple[str, ...]
    deposit_due_minor: int
    category: str = ""


class MerchantSuspended(FactBody, frozen=True, kw_only=True):
    """A person stopped the merchant's new orders and payouts."""

    told_by: ClassVar[ToldBy | None] = ToldBy()

    merchant_id: str
    reason: str


class MerchantReinstated(FactBody, frozen=True, kw_only=True):
    """The suspension ended."""

    told_by: ClassVar[ToldBy | None] = ToldBy()

    merchant_id: str


class MerchantCleared(FactBody, frozen=True, kw_only=True):
    """A person has looked at it: the merchant is paid, though these owners ran away with another."""

    told_by: ClassVar[ToldBy | None] = ToldBy()

    merchant_id: str
    owner_ids: tuple[str, ...]
    reason: str


class PayLaterOpened(FactBody, frozen=True, kw_only=True):
    """The consumer consented."""

    consumer_id: str
    currency: str
    limit_minor: int


class PayLaterClosed(FactBody, frozen=True, kw_only=True):
    """The consumer withdrew the consent."""

    consumer_id: str
    outstanding_minor: int


class ConsumerLimitSet(FactBody, frozen=True, kw_only=True):
    """The limit is another one."""

    consumer_id: str
    limit_minor: int
