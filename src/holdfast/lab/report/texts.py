"""Every text of the report, in Chinese and English."""

from holdfast.replay.report.texts import PAGE as REPLAY
from holdfast.replay.wording import Text

_FRAME = (
    "brand",
    "skip",
    "language",
    "theme",
    "auto",
    "light",
    "dark",
    "table",
    "merchants",
    "policy",
    "figure",
    "meaning",
    "value",
    "reproduce",
    "footer",
    "made_of",
)
"""What reads as in the replay's report."""

PAGE: dict[str, Text] = {
    **{name: REPLAY[name] for name in _FRAME},
    "report": Text("政策实验报告", "Policy lab report"),
    "market": Text("市场", "Market"),
    "runs": Text("运行次数", "Runs"),
    "days": Text("天数", "Days"),
    "orders": Text("每项政策下的订单", "Orders under each policy"),
    "lost": Text("每一万元销售额的损失", "Lost per 10,000 of sales"),
    "by_consumers": Text("消费者承担", "By consumers"),
    "by_fund": Text("保障基金承担", "By the fund"),
    "locked_median": Text("占用资金（诚信商家中位数）", "Money locked (median honest merchant)"),
    "learned_cost": Text("学习型对手造成的损失", "Cost of the learning adversary"),
    "frontier": Text("损失与占用资金", "Loss against money locked"),
    "frontier_note": Text(
        "越靠左下越好：横轴是诚信商家（中位数）被占用的资金，纵轴是消费者与保障基金的损失。"
        "十字为 95% 置信区间。",
        "The nearer to the lower left the better: across, the money of the median honest merchant that is "
        "locked; up, what consumers and the fund lose. Crosses are 95% intervals.",
    ),
    "locked_axis": Text("占用资金，销售天数", "Money locked, days of sales"),
    "loss_axis": Text("损失，每一万元销售额", "Loss per 10,000 of sales"),
    "comparison": Text("政策对比", "The policies side by side"),
    "comparison_note": Text(
        "每格下方为 95% 置信区间。占用资金以商家自己的销售天数计。",
        "Below each figure its 95% interval. Money locked is in days of the merchant’s own sales.",
    ),
    "worst": Text("代价最高的对手，其销售天数", "Costliest adversary, in days of its sales"),
    "facts": Text("事实条数", "Facts"),
    "seconds": Text("计算用时（秒）", "Running time (seconds)"),
    "adversaries": Text("每种对手造成的损失", "What each adversary costs"),
    "adversaries_note": Text(
        "消费者与基金的损失，折算成该对手自己几天的正常销售额；颜色越深损失越大。"
        "其下为消费者的部分 + 基金的部分，再下为 95% 置信区间。",
        "What consumers and the fund lose, in days of the adversary’s own sales; the darker the more. Below "
        "it the consumers’ part + the fund’s, and below these its 95% interval.",
    ),
    "adversary": Text("对手", "Adversary"),
    "learning": Text("学习型对手", "learning"),
    "learned": Text("学习型对手找到了什么", "What the learning adversary found"),
    "learned_note": Text(
        "它反复试验，寻找让该政策损失最大的做法；找到的做法在没有参与寻找的商家身上重新评判。"
        "这是最坏情况的下界。",
        "It searches over many runs for the strategy that costs a policy most, and is judged again on "
        "merchants that it did not search on. It is a lower bound of the worst case.",
    ),
    "no_learned": Text("这次没有让对手学习。", "No adversary was learning this time."),
    "cost": Text("损失", "Cost"),
    "tried": Text("试过的做法", "Strategies tried"),
    "duels": Text("哪项政策更优", "Which policy dominates"),
    "duels_note": Text(
        "“更优”指：损失与基金支出都不更多（对每一种对手也是），"
        "而占用诚信商家（中位数）的资金不超过对方的一半。",
        "To dominate: no more loss and no more draw on the fund, by every adversary too, with at most half "
        "of the other’s money locked for the median honest merchant.",
    ),
    "against": Text("对照", "against"),
    "verdict": Text("结论", "verdict"),
    "difference": Text("损失之差，每一万元", "difference in loss, of 10,000"),
    "locked_of": Text("占用之比", "of its money locked"),
    "costlier": Text("损失更大的对手（我/彼，天）", "costlier adversaries (ours / theirs, days)"),
    "undecided": Text("差别在偶然之内", "more, within chance"),
    "no_duels": Text("没有可供比较的 covered 政策。", "There is no covered policy to compare."),
    "simulated": Text("模拟了什么，没有模拟什么", "What is simulated, and what is not"),
    "numbers": Text("市场的每个数字及其来源", "Every number of the market, with its source"),
    "number": Text("数字", "Number"),
    "source": Text("来源", "Source"),
    "reproduce_note": Text(
        "同样的市场、种子与政策，得出同样的事实，与进程数无关。",
        "The same market, seed and policies give the same facts, whatever the number of processes.",
    ),
    "digest": Text("市场摘要", "Digest of the market"),
    "facts_digest": Text("事实的 SHA-256", "SHA-256 of the facts"),
}

FIGURES: dict[str, Text] = {
    "consumer_loss_share": Text("消费者损失，每一万元销售额", "Lost by consumers, per 10,000 of sales"),
    "fund_draw_share": Text("基金净支出，每一万元销售额", "Paid by the fund, per 10,000 of sales"),
    "platform_loss_share": Text("平台损失，每一万元销售额", "Lost by the platform, per 10,000 of sales"),
    "locked_days_of_sales": Text("占用资金：诚信商家中位数", "Locked: median honest merchant"),
    "locked_days_newest_decile": Text("占用资金：最新的一成商家", "Locked: the newest tenth"),
    "locked_days_largest_decile": Text("占用资金：最大的一成商家", "Locked: the largest tenth"),
    "orders_refused_share": Text("被拒绝的订单", "Orders refused"),
    "days_until_paid": Text("赔付到账天数（中位数）", "Days until paid (median)"),
}

ADVERSARIES: dict[str, Text] = {
    "sudden_vanisher": Text("突然失联", "sudden vanisher"),
    "bust_out": Text("养店后甩卖跑路", "bust-out"),
    "false_advertiser": Text("虚假宣传", "false advertiser"),
    "silent": Text("售后缺失", "never answers"),
    "cash_out_ring": Text("套现团伙", "cash-out ring"),
    "phoenix": Text("换壳重来", "phoenix"),
    "deposit_gamer": Text("钻门槛者", "deposit gamer"),
}

SIMULATED: tuple[tuple[Text, Text], ...] = (
    (
        Text("商家与消费者", "Merchants and consumers"),
        Text(
            "诚信商家有增长、淡旺季、发货延迟、无心之失与退货；"
            "消费者有诚信的、健忘的、无力付款的，也有恶意索赔的。",
            "Honest merchants grow, have seasons, delays, honest mistakes and returns; consumers are honest, "
            "forgetful, unable to pay, or claim though nothing is wrong.",
        ),
    ),
    (
        Text("规则本身", "The rules themselves"),
        Text(
            "每一步都经过与线上相同的引擎：额度、通知、扣款、冻结、放款、打款、赔付、清退、追偿。",
            "Every step goes through the engine that runs in production: limits, notices, debits, holds, "
            "releases, payouts, compensation, wind-downs, recoveries.",
        ),
    ),
    (
        Text("同样的订单", "The same orders"),
        Text(
            "各项政策面对同样的诚信商家与同样的订单，因此差别来自政策。",
            "Every policy meets the same honest merchants and orders: differences are the policies’.",
        ),
    ),
    (
        Text("没有模拟", "Not simulated"),
        Text(
            "支付机构从不出错；消费者不会因失望而离开；商家不会因资金被占用而离开；"
            "没有众多商家同时跑路的危机。",
            "The provider never fails; consumers do not leave in disappointment, nor merchants because their "
            "money is locked; there is no crisis in which many run at once.",
        ),
    ),
    (
        Text("对手的比例", "Shares of adversaries"),
        Text(
            "远高于真实市场，使每次运行都遇到每一种；占销售额的损失随之放大，按对手计的损失则不会。",
            "Far above those of a real market, so that every run meets each: losses as a share of sales "
            "scale with them, costs by adversary do not.",
        ),
    ),
)
