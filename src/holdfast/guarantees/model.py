"""Guarantees that issuers give for merchants: terms, and amounts called, paid, refused and settled."""

from holdfast.kernel.clock import Instant
from holdfast.kernel.index import among, index
from holdfast.kernel.money import share
from holdfast.kernel.rows import Command, FactBody, Row
from holdfast.kernel.text import Named, Text


class GuaranteeKind(Named):
    """Who stands for the merchant: a bank with a 保函, or an insurer with a 保证保险."""

    BANK_GUARANTEE = "bank_guarantee", "银行保函"
    SURETY_INSURANCE = "surety_insurance", "保证保险"


class CallTerms(Named):
    """The condition on which the issuer pays.

    *On demand* (见索即付): the demand and the papers that the guarantee names. *After a ruling*: the issuer
    examines whether the merchant owes it.
    """

    ON_DEMAND = "on_demand", "见索即付", "on first demand"
    AFTER_RULING = "after_ruling", "凭评审决定"


class Claimed(Named):
    """The kind of a claim, where a guarantee may tell it apart.

    *Run-aways*: of a merchant that was declared absconded. *Late*: after the order's window. *Awards*: beyond
    the price that was paid for the goods (退一赔三).
    """

    RUN_AWAYS = "run_aways", "跑路"
    ORDINARY = "ordinary", "一般索赔"
    LATE = "late", "逾期索赔"
    AWARDS = "awards", "惩罚性赔偿"


class GuaranteeState(Named):
    """Where a guarantee stands. *Agreed*: its term has not begun. *Callable*: it pays, and is no cover."""

    AGREED = "agreed", "已约定"
    COVERING = "covering", "计入担保"
    CALLABLE = "callable", "可索付，不计入担保"
    LAPSED = "lapsed", "已失效"
    RELEASED = "released", "已解除"


IN_FORCE = frozenset({GuaranteeState.COVERING, GuaranteeState.CALLABLE})
"""The states in which it can be called."""

_ANSWERED = ("RecordGuaranteePaid", "RecordIssuerSettled")

TRANSITIONS: dict[GuaranteeState, dict[str, GuaranteeState]] = {
    GuaranteeState.AGREED: {
        "begin": GuaranteeState.COVERING,
        "begin_uncounted": GuaranteeState.CALLABLE,
        "lapse": GuaranteeState.LAPSED,
        "ReleaseGuarantee": GuaranteeState.RELEASED,
    },
    GuaranteeState.COVERING: {
        "call": GuaranteeState.COVERING,
        "stop_counting": GuaranteeState.CALLABLE,
        "lapse": GuaranteeState.LAPSED,
        "ReleaseGuarantee": GuaranteeState.RELEASED,
        "RecordGuaranteeRefused": GuaranteeState.CALLABLE,
        **dict.fromkeys(_ANSWERED, GuaranteeState.COVERING),
    },
    GuaranteeState.CALLABLE: {
        "call": GuaranteeState.CALLABLE,
        "lapse": GuaranteeState.LAPSED,
        "ReleaseGuarantee": GuaranteeState.RELEASED,
        "RecordGuaranteeRefused": GuaranteeState.CALLABLE,
        **dict.fromkeys(_ANSWERED, GuaranteeState.CALLABLE),
    },
    GuaranteeState.LAPSED: dict.fromkeys(("RecordGuaranteeRefused", *_ANSWERED), GuaranteeState.LAPSED),
    GuaranteeState.RELEASED: dict.fromkeys(("RecordGuaranteeRefused", *_ANSWERED), GuaranteeState.RELEASED),
}


class Guarantee(Row, frozen=True, kw_only=True):
    """A guarantee for a merchant. Amounts in minor units of the merchant's currency.

    Of `limit_minor`, `called_minor` was asked for so far; of that `paid_minor` came and `refused_minor` will
    not. The merchant has given back `settled_minor` of the paid amount to the issuer. Where it covers, it
    counts with `share_bp` of the rest, until `counts_until`; a call after `call_by` may be too late, one
    after `ends_at` is. `called_at` is since when, without a break, any call is not answered.
    """

    called = Text("保函", "guarantee")

    merchant_id: str
    currency: str
    kind: GuaranteeKind
    issuer: str
    limit_minor: int
    starts_at: Instant
    ends_at: Instant
    call: CallTerms
    excludes: tuple[Claimed, ...]
    share_bp: int
    counts_until: Instant
    call_by: Instant
    state: GuaranteeState = GuaranteeState.AGREED
    called_minor: int = 0
    paid_minor: int = 0
    refused_minor: int = 0
    settled_minor: int = 0
    called_at: Instant | None = None
    wake_at: Instant | None = None

    @property
    def left_minor(self) -> int:
        """Return the part of the limit that has not been called yet, in minor units."""
        return self.limit_minor - self.called_minor

    @property
    def open_minor(self) -> int:
        """Return the called amount without an answer, in minor units: the platform has paid it ahead."""
        return self.called_minor - self.paid_minor - self.refused_minor

    @property
    def recourse_minor(self) -> int:
        """Return the amount that the merchant owes the issuer for it, in minor units."""
        return self.called_minor - self.refused_minor - self.settled_minor

    @property
    def counted_minor(self) -> int:
        """Return the amount that it counts for as cover now, in minor units."""
        return share(self.left_minor, self.share_bp) if self.state is GuaranteeState.COVERING else 0


GUARANTEES = index(
    "guarantees", Guarantee, "merchant_id", among("state", GuaranteeState.COVERING, GuaranteeState.CALLABLE)
)
"""The guarantees of a merchant that can be called."""


class RecordGuarantee(Command, frozen=True, kw_only=True):
    """An issuer stands for the merchant, to a limit and for a term; it does not pay claims of `excludes`."""

    guarantee_id: str
    merchant_id: str
    kind: GuaranteeKind
    issuer: str
    limit_minor: int
    starts_at: Instant
    ends_at: Instant
    call: CallTerms
    excludes: tuple[Claimed, ...] = ()


class ReleaseGuarantee(Command, frozen=True, kw_only=True):
    """End a guarantee before its term, where cover does not need it."""

    guarantee_id: str


class RecordGuaranteePaid(Command, frozen=True, kw_only=True):
    """The issuer paid a call, or a part of it."""

    guarantee_id: str
    amount_minor: int


class RecordGuaranteeRefused(Command, frozen=True, kw_only=True):
    """The issuer refuses a call, or a part: it is the platform's loss, and the merchant owes it."""

    guarantee_id: str
    amount_minor: int
    reason: str


class RecordIssuerSettled(Command, frozen=True, kw_only=True):
    """The merchant paid its issuer back for a call, or a part of it: they settle by themselves."""

    guarantee_id: str
    amount_minor: int


class GuaranteeFact(FactBody, frozen=True, kw_only=True):
    """A fact about one guarantee. `counted_minor` is the cover that it counts for from now on."""

    guarantee_id: str
    merchant_id: str
    issuer: str
    counted_minor: int


class GuaranteeRecorded(GuaranteeFact, frozen=True, kw_only=True):
    """An issuer stands for the merchant. It counts as cover until `counts_until`, it pays until `ends_at`."""

    form: GuaranteeKind
    limit_minor: int
    starts_at: Instant
    ends_at: Instant
    counts_until: Instant
    call: CallTerms
    excludes: tuple[Claimed, ...]


class GuaranteeBegan(GuaranteeFact, frozen=True, kw_only=True):
    """Its term began."""

    limit_minor: int


class GuaranteeUncounted(GuaranteeFact, frozen=True, kw_only=True):
    """It counts as cover no more, as its end comes near; `left_minor` can be called until `ends_at`."""

    left_minor: int
    ends_at: Instant


class GuaranteeCalled(GuaranteeFact, frozen=True, kw_only=True):
    """The issuer is to pay `amount_minor`, which the platform has paid ahead; `left_minor` can be called.

    It was for a claim, or, where that is None, for the deposit: claims were open when the term was to end.
    """

    amount_minor: int
    why: str
    left_minor: int
    claim_id: str | None = None
    order_id: str | None = None


class GuaranteePaid(GuaranteeFact, frozen=True, kw_only=True):
    """The issuer paid; `open_minor` of its calls is not answered yet."""

    amount_minor: int
    open_minor: int


class GuaranteeRefused(GuaranteeFact, frozen=True, kw_only=True):
    """The issuer refused: the platform lost `amount_minor`, and the merchant owes it to the platform."""

    amount_minor: int
    open_minor: int
    reason: str


class GuaranteeReleased(GuaranteeFact, frozen=True, kw_only=True):
    """It ended before its term, with `left_minor` not called."""

    left_minor: int


class GuaranteeLapsed(GuaranteeFact, frozen=True, kw_only=True):
    """Its term ended, with `left_minor` not called."""

    left_minor: int


class IssuerSettled(GuaranteeFact, frozen=True, kw_only=True):
    """The merchant paid its issuer back for a call; it still owes it `owed_minor`."""

    amount_minor: int
    owed_minor: int
