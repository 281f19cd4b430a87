"""The policy: settings in canonical units, and the row that keeps each adopted version."""

from typing import Annotated

import msgspec

from holdfast.kernel import zones
from holdfast.kernel.clock import DAY, HOUR, Duration, Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import Command, FactBody, Row
from holdfast.kernel.text import Text
from holdfast.policy import settings as say
from holdfast.policy import task_settings as tasks
from holdfast.policy.refusals import NoPolicyInForce
from holdfast.policy.release import Release


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of one version. Times in milliseconds, shares in basis points, money in minor units.

    Policies are kept for ever, and orders point to them. A setting that is added has a default: what policies
    of before are taken to say. A file must name it all the same.
    """

    version: str
    release: Release

    confirm_within: Annotated[
        Duration,
        say.time(
            "orders",
            "消费者在此期间确认订单，否则失效",
            "the consumer confirms a placed order, or it expires",
        ),
    ]
    ship_within: Annotated[
        Duration,
        say.time(
            "orders",
            "商家在此期间发货，另有承诺的除外",
            "the merchant ships, unless it promised another time",
        ),
    ]
    ship_grace: Annotated[
        Duration,
        say.time(
            "orders", "发货期限过后，到订单取消为止", "after the time to ship, until the order is cancelled"
        ),
    ]
    deliver_within: Annotated[
        Duration, say.time("orders", "自发货起，到视为丢失为止", "from shipping, until goods count as lost")
    ]
    trial: Annotated[
        Duration,
        say.time("orders", "自送达到扣款：可以试用", "from delivery to the debit: the goods may be tried"),
    ]
    claim_window: Annotated[
        Duration,
        say.time(
            "orders",
            "自送达起：索赔获足额担保；扣款迟了的，与按时扣款的一样长",
            ("from delivery: claims are covered in full; after a late debit, as long as after one on time"),
        ),
    ]
    after_sales_answer: Annotated[
        Duration, say.time("orders", "商家答复售后申请的时限", "the merchant answers an after-sales request")
    ]
    return_confirm: Annotated[
        Duration, say.time("orders", "商家确认收到退货的时限", "the merchant confirms returned goods")
    ]
    notice_before: Annotated[
        Duration, say.time("orders", "扣款前多久发出通知", "the notice goes out before the debit")
    ]
    reminder_every: Annotated[
        Duration, say.time("orders", "逾期订单两次提醒的间隔", "between two reminders of an overdue order")
    ]
    reminders: Annotated[
        int, say.count("orders", "逾期订单最多提醒几次", "reminders of an overdue order, at most")
    ]
    quiet_from_hour: Annotated[
        int,
        say.Setting(
            "orders", say.Dimension.COUNT, 0, 23, Text("自此钟点起不再提醒", "no reminder from this hour on")
        ),
    ]
    quiet_to_hour: Annotated[
        int,
        say.Setting(
            "orders", say.Dimension.COUNT, 0, 23, Text("此钟点之前不提醒", "no reminder before this hour")
        ),
    ]
    zone: Annotated[
        str,
        say.zone(
            "orders",
            "消费者当地的时区，随其时钟变动",
            "where the consumers' clocks are read, over their changes",
        ),
    ] = ""
    write_off_after: Annotated[Duration, say.time("orders", "自逾期到核销", "from overdue to the write-off")]

    consumer_limit_minor: Annotated[
        int, say.money("consumers", "消费者起初总共可欠的金额", "what a consumer may owe in all, at first")
    ]

    fee_bp: Annotated[
        int,
        say.share(
            "settlement", "平台手续费，放款时收取", "the platform's fee, taken when proceeds are released"
        ),
    ]
    fund_share_bp: Annotated[
        int, say.share("settlement", "保障基金份额，随手续费收取", "the fund's share, taken with the fee")
    ]
    payout_cycle: Annotated[
        Duration,
        say.time(
            "settlement", "打款在其整数倍的时刻进行；0 为立即", "payouts leave at multiples of it; 0: at once"
        ),
    ]
    advance_on_delivery: Annotated[
        bool, say.flag("settlement", "平台在消费者付款之前垫付", "the platform pays before the consumer does")
    ]
    fund_capital_minor: Annotated[
        int, say.money("fund", "保障基金的初始资金", "the guarantee fund's initial capital")
    ]

    claim_stops_capture: Annotated[
        bool,
        say.flag(
            "claims", "有索赔未决，即停止扣款和一切计时", "an open claim stops the debit and all timers"
        ),
    ]
    claim_holds_payout: Annotated[
        bool, say.flag("claims", "有索赔未决，即暂停商家打款", "an open claim holds the merchant's payout")
    ]
    claim_within: Annotated[
        Duration,
        say.time(
            "claims", "自送达或扣款起，可以提出索赔的期间", "from delivery or capture: a claim may be filed"
        ),
    ]
    claim_within_durable: Annotated[
        Duration,
        say.time(
            "claims",
            "自送达或扣款起，耐用商品可以提出索赔的期间",
            "from delivery or capture: a claim on durable goods may be filed",
        ),
    ] = 184 * DAY
    late_fund_minor: Annotated[
        int,
        say.money(
            "claims",
            "一个商家的逾期索赔：在其销售所缴之外，基金最多支付的金额",
            ("of late claims on one merchant: what the fund pays at most, beside what its sales brought in"),
        ),
    ] = 20_000

    deposit_minor: Annotated[
        int, say.money("coverage", "入驻时应缴的保证金", "the deposit that is due on joining")
    ]
    least_cover_bp: Annotated[
        int,
        say.share(
            "coverage", "占应有担保的比例：低于此不接新订单", "of the required cover: below it no new orders"
        ),
    ]
    young_for: Annotated[
        Duration,
        say.time(
            "coverage",
            "商家视为新商家的期间：全部敞口都须担保",
            "a merchant counts as young: all exposure is covered",
        ),
    ]
    young_orders: Annotated[
        int,
        say.count(
            "coverage", "完成多少订单后不再是新商家", "orders completed before a merchant is not young"
        ),
    ]
    floor_bp: Annotated[
        int,
        say.share(
            "coverage",
            "占敞口的比例：不论记录如何，始终担保",
            "of the exposure: covered always, whatever the record",
        ),
    ]
    prior_run_aways: Annotated[
        int,
        say.count(
            "coverage",
            "没有记录时，每 1,000 个窗口期假定的跑路次数",
            "run-aways assumed per 1,000 windows, before any record",
        ),
    ]
    # Policies without these two (of before 3f2c4a5) estimated cover by another rule, which is gone with the
    # databases of its time: of the first they say the standard now, and of the second that no growth counts
    # as a surge, as it was then.
    peer_windows: Annotated[
        int,
        say.count(
            "coverage",
            "该假定相当于同类商家多少个窗口期",
            "windows of a category's that the assumption weighs",
        ),
    ] = 500
    prior_windows: Annotated[
        int,
        say.count(
            "coverage",
            "商家自身经过多少个窗口期后，风险减半",
            "windows of its own after which a merchant's hazard is half",
        ),
    ]
    line_bp: Annotated[
        int,
        say.Setting(
            "coverage",
            say.Dimension.SHARE,
            0,
            100_000,
            Text(
                (
                    "占商家销售所缴手续费和基金份额的比例：未覆盖额度不得超过此数，"
                    "基金对其逾期索赔的支付也不得超过"
                ),
                (
                    "of the fees and fund shares that a merchant's sales paid: no more may stand "
                    "uncovered, and the fund pays no more for its claims after their window"
                ),
            ),
        ),
    ] = 9_000
    guarantee_call_within: Annotated[
        Duration,
        say.time(
            "coverage",
            "自要求兑付保函，到开立人收齐单据",
            "from calling a guarantee until its issuer has the demand in order",
        ),
    ] = 10 * DAY
    guarantee_ruling_within: Annotated[
        Duration,
        say.time(
            "coverage",
            "开立人须凭评审决定的：自窗口期结束到索赔赔付",
            ("from the window's end to the payment of a claim, where the issuer waits for a ruling"),
        ),
    ] = 30 * DAY
    guarantee_conditional_bp: Annotated[
        int,
        say.share(
            "coverage",
            "开立人须凭评审决定的保函：其中计入担保的比例",
            "of a guarantee whose issuer waits for a ruling: what counts as cover",
        ),
    ] = 5_000
    release_retry: Annotated[
        Duration,
        say.time(
            "coverage", "两次查看担保是否容许放款的间隔", "between two looks whether cover allows a release"
        ),
    ]

    declarations: Annotated[
        int,
        say.Setting(
            "enforcement",
            say.Dimension.COUNT,
            2,
            9,
            Text("宣告跑路所需的人数", "people who declare absconded"),
        ),
    ]
    refund_without_claim: Annotated[
        bool,
        say.flag(
            "enforcement",
            "商家跑路的，已扣款订单不待申请即予退款",
            "captured orders of an absconded merchant are refunded unasked",
        ),
    ]
    sweep_after: Annotated[
        Duration,
        say.time(
            "enforcement", "受邀消费者在此期间索赔，之后统一赔付", "invited consumers claim, before the sweep"
        ),
    ]

    notice_answer_within: Annotated[Duration, tasks.NOTICE_ANSWER_WITHIN] = 12 * HOUR
    capture_answer_within: Annotated[Duration, tasks.CAPTURE_ANSWER_WITHIN] = 3 * DAY
    payout_answer_within: Annotated[Duration, tasks.PAYOUT_ANSWER_WITHIN] = 3 * DAY
    repayment_answer_within: Annotated[Duration, tasks.REPAYMENT_ANSWER_WITHIN] = 3 * DAY
    issuer_answer_within: Annotated[Duration, tasks.ISSUER_ANSWER_WITHIN] = 30 * DAY
    look_within: Annotated[Duration, tasks.LOOK_WITHIN] = 3 * DAY
    claim_decided_within: Annotated[Duration, tasks.CLAIM_DECIDED_WITHIN] = 15 * DAY
    second_declaration_within: Annotated[Duration, tasks.SECOND_DECLARATION_WITHIN] = 48 * HOUR

    utc_offset: Duration | msgspec.UnsetType = msgspec.UNSET
    """The fixed offset in policies from before `zone`; files do not have it."""

    def __post_init__(self) -> None:
        """Keep a zone from being told twice, or not at all.

        Raises:
            ValueError: it is.
        """
        if bool(self.zone) == isinstance(self.utc_offset, int):
            raise ValueError(
                "a policy says its zone once: `zone`, or `utc_offset` where it is of before zones"
            )

    @property
    def local_zone(self) -> str:
        """Return the name of the consumers' zone; `UTC+8` where the policy is of before zones."""
        return self.zone if isinstance(self.utc_offset, msgspec.UnsetType) else zones.fixed(self.utc_offset)


IN_FORCE = "policy"
"""The id of the one row that says which version is in force."""


class InForce(Row, frozen=True, kw_only=True):
    """The version that is in force for whatever begins now, and since when: one row a home.

    It is read with every transaction and written at a change only, so it is read without a lock: who began
    before a change still works under the version before it, who begins after it under the new one.
    """

    called = Text("生效规则", "policy in force")

    version: str
    since: Instant


class AdoptedPolicy(Row, frozen=True, kw_only=True):
    """A version that was in force. `id` is the policy's version; orders point to it for ever."""

    called = Text("规则版本", "version of the policy")

    immutable = True

    policy: Policy


class AdoptPolicy(Command, frozen=True, kw_only=True):
    """Bring a policy into force for new orders; those placed before keep theirs."""

    policy: Policy


class PolicyAdopted(FactBody, frozen=True, kw_only=True):
    """A version came into force, for the first time or again."""

    version: str
    policy: Policy


def version_in_force(desk: Desk) -> str:
    """Return the version that is in force.

    Raises:
        NoPolicyInForce: none is yet.
    """
    row = desk.find(InForce, IN_FORCE)
    if row is None:
        raise NoPolicyInForce("policy")
    return row.version


def adopted(desk: Desk, version: str) -> Policy:
    """Return the policy of `version`.

    Raises:
        NotFound: it was never adopted.
    """
    return desk.need(AdoptedPolicy, version).policy
