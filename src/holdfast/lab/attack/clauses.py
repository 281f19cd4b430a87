"""The promise, clause by clause, in 中文 and English; and a break of one."""

from enum import StrEnum

import msgspec

from holdfast.kernel.clock import Instant


class Clause(StrEnum):
    """A clause of the promise; the sentence of each stands in `SAYS`."""

    WINDOW_PAID = "window_paid"
    LINE = "line"
    LIFE = "life"
    EARNED = "earned"
    BOUGHT = "bought"
    GAIN = "gain"
    LATE = "late"
    GUARD = "guard"
    FEE_FIRST = "fee_first"
    NOT_WHOLE = "not_whole"
    LEFT_OVER = "left_over"
    WINDOW_CUT = "window_cut"
    CAPTURED = "debited"
    TAKEN = "taken"
    BOOKS = "books"
    STUCK = "stuck"


class Words(msgspec.Struct, frozen=True):
    """A sentence in both languages."""

    english: str
    chinese: str


SAYS: dict[Clause, Words] = {
    Clause.WINDOW_PAID: Words(
        "every justified claim of a running window is paid whole, without the fund",
        "窗口期内提出的每一项成立的索赔都足额赔付, 且不动用保障基金",
    ),
    Clause.LINE: Words(
        "what claims of running windows miss, or the fund pays for them, is at most the line that was "
        "published: exposure less required cover",
        "窗口期内索赔的缺口与基金垫付之和, 不超过当时公布的未覆盖额度 (敞口减应有覆盖)",
    ),
    Clause.LIFE: Words(
        "over the merchant's life, but for what it made good itself before it ran, that is at most the most "
        "that the line ever was",
        "商家存续期间, 上述损失累计 (扣除其跑路前自行补足的部分) 不超过曾公布的最高未覆盖额度",
    ),
    Clause.EARNED: Words(
        "what the fund paid for a merchant and running windows miss never exceeds the fees and fund's shares "
        "that its sales have paid, and the amount that policy states for late claims",
        "基金为商家垫付而未收回的金额与窗口期内缺口之和, 不超过该商家销售已缴的费用与基金份额, "
        "及政策为逾期索赔载明的金额",
    ),
    Clause.BOUGHT: Words(
        "what running windows lost of the part that stood uncovered never exceeds the fees and fund's shares "
        "that the merchant's sales have paid: the line cannot be bought at a profit",
        "未覆盖部分的损失不超过该商家销售已缴的费用与基金份额: 额度无法靠刷单获利买来",
    ),
    Clause.GAIN: Words(
        "a merchant and its accomplices never gain more than honest consumers' sales earned, and the amount "
        "that policy states for late claims, once a shop",
        "商家及其同伙的总所得, 不超过诚实消费者的交易为其合法赚得的金额, 及每店一次的逾期索赔载明金额",
    ),
    Clause.LATE: Words(
        "a claim after its window never takes of the cover that running windows need",
        "窗口期后的索赔不得动用窗口期内订单所需的覆盖",
    ),
    Clause.GUARD: Words(
        "no money leaves the merchant's side while running windows need it as cover",
        "窗口期内订单所需的覆盖不得以任何方式流出",
    ),
    Clause.FEE_FIRST: Words(
        "no fee is taken while a consumer of the merchant is short",
        "消费者未获足额赔付之前, 平台不得先收费用",
    ),
    Clause.NOT_WHOLE: Words(
        "a claim of a running window on a merchant that is there is paid as far as its money, its cover and "
        "the fund reach",
        "商家在营时, 窗口期内的索赔应以其可用款、覆盖和基金尽数赔付",
    ),
    Clause.LEFT_OVER: Words(
        "nothing but what others may still claim stays with the merchant while running windows are short",
        "窗口期内索赔未足额赔付时, 商家名下除他人仍可索赔的份额外不得留有余款",
    ),
    Clause.WINDOW_CUT: Words("a window is as long as policy says", "窗口期不得短于规定"),
    Clause.CAPTURED: Words(
        "nothing is debited that has not arrived or been performed, and of an order in parts no more than "
        "was ordered",
        "未送达或未提供的不扣款, 拆分订单的扣款合计不超过下单金额",
    ),
    Clause.TAKEN: Words(
        "what a bank takes back comes from its own order and from what no other order's cover needs, what an "
        "authority takes from nothing that orders hold; the rest is the platform's, and never the fund's",
        "银行拒付只取自本订单和其他订单的覆盖所不需要的款项, 司法扣划不取自订单留存款; "
        "其余由平台承担, 不动用保障基金",
    ),
    Clause.BOOKS: Words("the books hold", "账目始终平衡"),
    Clause.STUCK: Words(
        "nothing fails by an error of ours: no command, and no deadline, that then waits for ever",
        "任何指令与到期事项均不因系统自身错误而失败或滞留",
    ),
}


class Break(msgspec.Struct, frozen=True, kw_only=True):
    """A clause that broke: at which merchant, when, the amounts promised and paid, in minor units."""

    clause: Clause
    shop: str
    at: Instant
    promised_minor: int
    came_minor: int
    what: str
