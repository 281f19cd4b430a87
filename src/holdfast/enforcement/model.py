"""The wind-down of a merchant that ran away."""

from typing import ClassVar

from holdfast.kernel.approval import A_PERSON, Approval, several_people
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Command, FactBody, Row
from holdfast.kernel.text import Named, Text
from holdfast.kernel.told_by import ToldBy
from holdfast.orders.facts import OrderFact


class Stage(Named):
    """How far a wind-down is."""

    DECLARED = "declared", "一人已宣告"
    WITHDRAWN = "withdrawn", "已撤回"
    ORDERS = "orders", "取消订单中"
    WAITING = "waiting", "等待索赔"
    GATHERING = "gathering", "归集款项中"
    SWEEPING = "sweeping", "统一赔付中"
    DONE = "done", "已完成"


TRANSITIONS: dict[Stage, dict[str, Stage]] = {
    Stage.DECLARED: {
        "DeclareAbsconded": Stage.ORDERS,
        "WithdrawDeclaration": Stage.DECLARED,
        "last_withdrawn": Stage.WITHDRAWN,
    },
    Stage.WITHDRAWN: {"DeclareAbsconded": Stage.DECLARED},
    Stage.ORDERS: {"orders_done": Stage.WAITING, "claim": Stage.ORDERS},
    Stage.WAITING: {"gather": Stage.GATHERING, "claim": Stage.WAITING},
    Stage.GATHERING: {"sweep": Stage.SWEEPING, "claim": Stage.GATHERING},
    Stage.SWEEPING: {"swept": Stage.DONE, "more": Stage.WAITING, "claim": Stage.SWEEPING},
    Stage.DONE: {"claim": Stage.WAITING},
}


class WindDown(Row, frozen=True, kw_only=True):
    """The wind-down of the merchant whose id it has. Amounts in minor units.

    `declared_by` are the people who declared it absconded. `cursor` is the last id that the stage is done
    with. While claims are gathered `rest_minor` is the sum of those up to the cursor, less the proceeds that
    their own orders hold; the sweep pays it from `pool_minor`. `swept_minor` and `given_minor` run with the
    sweep, so that each claim gets its share exactly, whatever the slices. `fund_hold_id` is the part of the
    fund that was set aside. `late`: the sweep that runs is of claims after their window.
    """

    called = Text("清算", "wind-down")

    stage: Stage
    declared_by: tuple[str, ...]
    reason: str
    declared_at: Instant
    cursor: str = ""
    sweep_at: Instant | None = None
    rest_minor: int = 0
    pool_minor: int = 0
    swept_minor: int = 0
    given_minor: int = 0
    fund_hold_id: str | None = None
    claims: int = 0
    paid_minor: int = 0
    missing_minor: int = 0
    fund_minor: int = 0
    late: bool = False
    wake_at: Instant | None = None


class DeclareAbsconded(Command, frozen=True, kw_only=True):
    """A person declares that the merchant ran away. The first holds its payouts; another person acts."""

    approval: ClassVar[Approval] = several_people("declarations")

    merchant_id: str
    reason: str


class WithdrawDeclaration(Command, frozen=True, kw_only=True):
    """A person takes back its own declaration, before there were enough of them."""

    approval: ClassVar[Approval] = A_PERSON

    merchant_id: str


class AbscondingDeclared(FactBody, frozen=True, kw_only=True):
    """One person declared; payouts are held until another agrees, or it is withdrawn."""

    told_by: ClassVar[ToldBy | None] = ToldBy()

    merchant_id: str
    reason: str


class DeclarationWithdrawn(FactBody, frozen=True, kw_only=True):
    """A declaration was withdrawn; payouts go on once none is left."""

    told_by: ClassVar[ToldBy | None] = ToldBy()

    merchant_id: str
    left: int = 0


class MerchantAbsconded(FactBody, frozen=True, kw_only=True):
    """Enough people declared, those in `declared_by`: the merchant ran away, and the wind-down begins."""

    told_by: ClassVar[ToldBy | None] = ToldBy(kept_as="declared_by")

    merchant_id: str
    owner_ids: tuple[str, ...]
    declared_by: tuple[str, ...] = ()
    reason: str
    exposure_minor: int
    cover_minor: int


class DebitPaused(OrderFact, frozen=True, kw_only=True):
    """The debit of a delivered order waits until `capture_at`; until then the consumer may claim."""

    called = Text("因商家跑路，扣款推迟", "debit paused")

    amount_minor: int
    capture_at: Instant


class ClaimInvited(OrderFact, frozen=True, kw_only=True):
    """The consumer is invited to claim, until `until`."""

    called = Text("邀请消费者申请赔付", "claim invited")

    amount_minor: int
    until: Instant


class SweepStarted(FactBody, frozen=True, kw_only=True):
    """The sweep pays all upheld claims at once.

    They come to `rest_minor` beyond their orders' proceeds; `pool_minor` is there for them, the fund's part
    included.
    """

    merchant_id: str
    rest_minor: int
    pool_minor: int
    fund_set_aside_minor: int


class WindDownFinished(FactBody, frozen=True, kw_only=True):
    """Every justified claim was paid or recorded as missing; the debt stands on merchant and owners."""

    merchant_id: str
    claims: int
    paid_minor: int
    missing_minor: int
    owed_to_fund_minor: int
