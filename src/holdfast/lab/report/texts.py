"""Every text of the report, in Chinese and English."""

from holdfast.kernel.text import Text
from holdfast.replay.report.texts import PAGE as REPLAY

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
"""The texts that are shared with the replay's report."""

PAGE: dict[str, Text] = {
    **{name: REPLAY[name] for name in _FRAME},
    "report": Text("政策实验报告", "Policy lab report"),
    "market": Text("市场", "Market"),
    "runs": Text("运行次数", "Runs"),
    "days": Text("天数", "Days"),
    "orders": Text("每项政策下的订单", "Orders under each policy"),
    "lost": Text("每一万元销售额的损失（较差的时期）", "Lost per 10,000 of sales (in the worse span)"),
    "by_consumers": Text("消费者当时未获赔（第一年 → 成熟期）", "Consumers not paid (first year → settled)"),
    "by_fund": Text("保障基金支出（第一年 → 成熟期）", "Paid by the fund (first year → settled)"),
    "locked_mean": Text("占用资金，全体，天", "Money locked, all, days"),
    "locked_newest": Text("占用资金，最新的一成，天", "Money locked, newest tenth, days"),
    "first_year": Text("第一年", "first year"),
    "settled": Text("成熟期", "settled"),
    "span": Text("时期", "Span"),
    "span_days": Text("第 {first} 天至第 {last} 天", "days {first} to {last}"),
    "learned_cost": Text("学习型对手造成的损失", "Cost of the learning adversary"),
    "frontier": Text("损失与占用资金", "Loss against money locked"),
    "frontier_note": Text(
        "越靠左下越好：横轴是诚信商家被占用的资金（全体，按销售额），纵轴是消费者当时未获赔与保障基金的支出，"
        "未减去后来追回的。十字为 95% 置信区间。",
        "The nearer to the lower left the better: across, the money of honest merchants that is locked (of "
        "all, by sales); up, what consumers were not paid and the fund paid, before anything came back. "
        "Crosses are 95% intervals.",
    ),
    "locked_axis": Text("占用资金，销售天数", "Money locked, days of sales"),
    "loss_axis": Text("损失，每一万元销售额", "Loss per 10,000 of sales"),
    "comparison": Text("政策对比", "The policies side by side"),
    "comparison_note": Text(
        "{first}：自市场开张起，所有商家都是新的。{settled}：开张时就在的商家已过新店期。"
        "每格下方为 95% 置信区间（按运行自助抽样）。占用资金以商家自己的销售天数计，只计现金；"
        "“按商家”每家算一份，“按销售额”按各家销售额加权；“最重的一成”是资金被占用最久的一成。",
        "{first}: from the marketplace’s first day, when every merchant is new. {settled}: who was there "
        "from the first day is young no more. Below each figure its 95% interval (bootstrap over runs). "
        "Money locked is cash, in days of the merchant’s own sales: by merchant each counts for one, by "
        "sales for what it sells; the heaviest tenth is the one whose money is locked longest.",
    ),
    "worst": Text("代价最高的对手，其销售天数", "Costliest adversary, in days of its sales"),
    "facts": Text("事实条数", "Facts"),
    "seconds": Text("计算用时（秒）", "Running time (seconds)"),
    "adversaries": Text("每种对手造成的损失", "What each adversary costs"),
    "adversaries_note": Text(
        "消费者与基金的损失（未减追回），折算成该对手自己几天的正常销售额；颜色越深损失越大。"
        "其下为消费者的部分 + 基金的部分，再下为 95% 置信区间。",
        "What consumers and the fund lose before anything comes back, in days of the adversary’s own sales; "
        "the darker the more. Below it the consumers’ part + the fund’s, and below these its 95% interval.",
    ),
    "gains": Text("每种对手的所得与投入之比", "What each adversary gains for what it paid in"),
    "gains_note": Text(
        "一个团伙（商家与同伙）至多能得到的，除以它付出的：所得按消费者与基金的全部损失计（设其所发之货全无价值），"
        "付出包括全部销售的手续费与基金提成、被用于赔付他人的保证金。"
        "其下为每个团伙平均的所得 / 付出（其中只为同伙付出的），再下为最得手的一个团伙。1 以上即有利可图。",
        "The most that a ring (a merchant and its accomplices) can have gained, over what it paid: gained is "
        "all that consumers and the fund lost by it, as if nothing it sent was worth anything; paid are the "
        "fees and fund shares of all its sales, and what of its deposit went to others. Below it gained / "
        "paid of a ring on average (of it paid for accomplices alone), and below these the ring that did "
        "best. Above 1 it pays.",
    ),
    "best_ring": Text("最得手者 {x}", "best ring {x}"),
    "nothing_paid": Text("未付分文", "paid nothing"),
    "most_gained": Text("所得与投入之比最高的对手", "Adversary that gains most for what it paid in"),
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
        "“更优”指：第一年与成熟期里，损失与基金支出（未减追回）都不更多（对每一种对手也是），"
        "而占用的资金不超过对方的一半：全体、中位商家与最新的一成都是。所示为最不利的一项。",
        "To dominate: in the first year and in the settled time no more loss and no more draw on the fund "
        "before anything comes back, by every adversary too, with at most half of the other’s money locked: "
        "of all, of the median merchant and of the newest tenth. Shown is what is worst for it.",
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
    "loss_gross_share": Text("消费者当时未获赔，每一万元", "Consumers not paid at the time, of 10,000"),
    "loss_late_share": Text("其中窗口期后索赔", "of it claimed after the window"),
    "loss_net_share": Text("其中最终未获赔", "of it never"),
    "draw_gross_share": Text("基金支出，每一万元", "Paid by the fund, of 10,000"),
    "draw_net_share": Text("其中最终未追回", "of it never got back"),
    "platform_loss_share": Text("平台损失，每一万元", "Lost by the platform, of 10,000"),
    "locked_mean_by_sales": Text("占用：全体，按销售额", "Locked: all, by sales"),
    "locked_mean_by_merchant": Text("占用：全体，按商家", "Locked: all, by merchant"),
    "locked_median_by_sales": Text("占用：中位，按销售额", "Locked: median, by sales"),
    "locked_median_by_merchant": Text("占用：中位，按商家", "Locked: median, by merchant"),
    "locked_newest_by_sales": Text("占用：最新的一成，按销售额", "Locked: newest tenth, by sales"),
    "locked_newest_by_merchant": Text("占用：最新的一成，按商家", "Locked: newest tenth, by merchant"),
    "locked_heaviest_by_sales": Text("占用：最重的一成，按销售额", "Locked: heaviest tenth, by sales"),
    "locked_heaviest_by_merchant": Text("占用：最重的一成，按商家", "Locked: heaviest tenth, by merchant"),
    "locked_largest_by_sales": Text("占用：最大的一成，按销售额", "Locked: largest tenth, by sales"),
    "locked_largest_by_merchant": Text("占用：最大的一成，按商家", "Locked: largest tenth, by merchant"),
    "newest_cash_without_guarantee": Text(
        "最新的一成，无保函：占用现金", "Newest tenth without a guarantee: cash locked"
    ),
    "newest_cash_with_guarantee": Text(
        "最新的一成，有保函：占用现金", "Newest tenth with a guarantee: cash locked"
    ),
    "newest_premium_with_guarantee": Text(
        "最新的一成，有保函：保费，每一万元", "Newest tenth with a guarantee: premium paid, of 10,000"
    ),
    "orders_refused_share": Text("被拒绝的订单", "Orders refused"),
    "days_until_paid": Text("赔付到账天数（中位数）", "Days until paid (median)"),
    "days_until_paid_late": Text("二十人中十九人到账的天数", "Days until 19 of 20 were paid"),
}
"""Every figure of a span, in the order of tables. Money locked is in days of sales."""

ADVERSARIES: dict[str, Text] = {
    "sudden_vanisher": Text("突然失联", "sudden vanisher"),
    "bust_out": Text("养店后甩卖跑路", "bust-out"),
    "false_advertiser": Text("虚假宣传", "false advertiser"),
    "silent": Text("售后缺失", "never answers"),
    "cash_out_ring": Text("套现团伙", "cash-out ring"),
    "phoenix": Text("换壳重来", "phoenix"),
    "deposit_gamer": Text("钻门槛者", "deposit gamer"),
    "deposit_taker": Text("交了保证金又取走", "deposit taker"),
    "late_claimer": Text("同伙过期索赔", "late claimer"),
    "claiming_ring": Text("同伙期内索赔", "claiming ring"),
    "refunder": Text("退款给同伙", "refunder"),
    "wash_trader": Text("刷单抬额度", "wash trader"),
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
