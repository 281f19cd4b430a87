"""Every text of the report, in Chinese and English."""

from holdfast.kernel.text import Text
from holdfast.parties.model import MerchantStatus

EVENTS: dict[str, Text] = {
    "placed": Text("下单", "Orders placed"),
    "shipped": Text("发货", "Orders shipped"),
    "delivered": Text("签收", "Orders delivered"),
    "captured": Text("扣款", "Consumers debited"),
    "released": Text("货款转为可用", "Proceeds released"),
    "paid_out": Text("货款打给商家", "Paid out to the merchant"),
    "payout_held": Text("货款冻结", "Payouts held"),
    "order_refused": Text("拒绝新订单", "New orders refused"),
    "vanished": Text("商家失联", "The merchant vanished"),
    "declared": Text("认定跑路", "Declared absconded"),
    "capture_stopped": Text("停止扣款", "Debits stopped"),
    "cancelled": Text("取消订单", "Orders cancelled"),
    "claim_opened": Text("消费者索赔", "Claims opened"),
    "compensated": Text("先行赔付到账", "Consumers compensated"),
    "uncovered": Text("没有着落", "Left uncovered"),
    "recovered": Text("向商家追回", "Recovered from the merchant"),
}
"""The kinds of `StoryEvent`; their count and amount stand beside the text."""

TONES: dict[str, str] = {
    "vanished": "turn",
    "declared": "turn",
    "uncovered": "loss",
    "capture_stopped": "saved",
    "cancelled": "saved",
    "payout_held": "saved",
    "compensated": "saved",
    "recovered": "saved",
}
"""How an event is marked in the story; those not listed are plain."""

STATUSES: dict[str, Text] = {
    status.value: Text(status.called.zh, status.called.en.capitalize()) for status in MerchantStatus
}

SOURCE_LABELS: dict[str, Text] = {
    "order": Text("订单货款", "Order proceeds"),
    "available": Text("可用余额", "Merchant’s balance"),
    "reserve": Text("滚动准备金", "Rolling reserve"),
    "deposit": Text("保证金", "Deposit"),
    "fund": Text("保障基金", "Guarantee fund"),
    "uncovered": Text("没有着落", "Uncovered"),
}

HOMES: dict[str, Text] = {
    "memory": Text("内存", "memory"),
    "postgres": Text("PostgreSQL", "PostgreSQL"),
}

GLOSSARY: tuple[tuple[Text, Text], ...] = (
    (
        Text("先用后付", "Pay-after-use"),
        Text(
            "消费者先收货、先使用，到期再由代扣付款。",
            "The consumer receives and uses the goods first; the debit follows on a due date.",
        ),
    ),
    (
        Text("跑路", "Run-away"),
        Text(
            "商家突然失联：不再发货、不再退款，已收到的货款一并带走。",
            "A merchant vanishes: it ships and refunds no more, and keeps what it was paid.",
        ),
    ),
    (
        Text("敞口", "Exposure"),
        Text(
            "假如商家此刻消失，消费者（以及垫款的平台）有理由索赔的总额。",
            "What consumers, and the platform for its advances, "
            "could justly claim if the merchant vanished now.",
        ),
    ),
    (
        Text("保障率", "Coverage ratio"),
        Text(
            "手中可用于赔付的钱（冻结货款、准备金、保证金）除以敞口。100% 表示此刻跑路也赔得起。",
            "Money at hand for claims (held proceeds, reserve, "
            "deposit) over exposure. At 100% a run-away today "
            "could be paid in full.",
        ),
    ),
    (
        Text("窗口期", "Window of claims"),
        Text(
            "自收货起 15 天：期内提出的索赔由扣住的钱足额保障。此后至 180 天（耐用商品六个月）"
            "提出的索赔，只用其他订单的保障不需要的钱、再由保障基金在载明的限额内赔付。",
            "15 days from delivery: claims made in it are covered whole by what is held. Later ones, to "
            "180 days (six months for durable goods), are paid from what the cover of others does not "
            "need, then by the guarantee fund up to a stated amount.",
        ),
    ),
    (
        Text("占用资金", "Money locked"),
        Text(
            "冻结的货款、准备金与保证金：商家暂时拿不走的钱。它是保障的代价，折算成商家几天的销售额。",
            "Held proceeds, reserves and deposits: what merchants cannot draw yet. It is the price of "
            "protection, measured in days of their sales.",
        ),
    ),
    (
        Text("先行赔付", "Advance compensation"),
        Text(
            "先把钱赔给消费者，再向商家追偿。付款顺序：订单货款、可用余额、准备金、保证金、保障基金。",
            "The consumer is paid first, the merchant pursued "
            "after. It is taken from the order’s proceeds, the "
            "balance, the reserve, the deposit and the fund, in this order.",
        ),
    ),
)

PAGE: dict[str, Text] = {
    "brand": Text("稳付", "Holdfast"),
    "report": Text("重放报告", "Replay report"),
    "skip": Text("跳到正文", "Skip to the report"),
    "language": Text("语言", "Language"),
    "theme": Text("外观", "Appearance"),
    "auto": Text("自动", "Auto"),
    "light": Text("浅色", "Light"),
    "dark": Text("深色", "Dark"),
    "orders": Text("订单", "Orders"),
    "merchants": Text("商家", "Merchants"),
    "consumers": Text("消费者", "Consumers"),
    "period": Text("期间", "Period"),
    "lost": Text("消费者损失", "Consumers’ loss"),
    "of_claims": Text("全部索赔", "All claims"),
    "not_taken": Text("未被接受的订单", "Orders not taken"),
    "not_taken_of": Text(
        "{orders} 笔中的 {number} 笔，占下单总额 {share}", "{number} of {orders}, {share} of what was ordered"
    ),
    "nothing_ran": Text("无从判断", "Not known"),
    "never_captured": Text("扣款前已叫停", "Stopped before the debit"),
    "today": Text("今天的规则", "Today’s rules"),
    "today_means": Text(
        "扣款当时即付给商家，保证金很少，货款不冻结，也没有人先行赔付。",
        "The merchant is paid at capture, deposits are small, nothing is held and nobody compensates.",
    ),
    "comparison": Text("政策对比", "The policies compared"),
    "figure": Text("指标", "Figure"),
    "coverage": Text("保障率", "Coverage ratio"),
    "coverage_note": Text(
        "全市场合计：保障金额除以敞口。点线处为 100%，"
        "手中的钱等于可能的索赔；单个商家最差的一刻见“风险最高的商家”。"
        "▼ 为商家失联之日。",
        "The whole market: cover over exposure. At the dotted "
        "line, 100%, the money at hand equals what could be "
        "claimed; a single merchant’s worst moment is among "
        "the riskiest merchants below. ▼ marks the day on which "
        "a merchant vanished.",
    ),
    "clipped": Text(
        "为看清差别，图中超过 {top} 的值画在顶边；数据表中是原值。",
        "Values above {top} are drawn at the top edge; the table has them in full.",
    ),
    "locked": Text("占用资金", "Money locked"),
    "locked_days": Text("相当于商家几天的销售额", "In days of merchants’ sales"),
    "locked_over_time": Text("逐日占用资金", "Money locked over time"),
    "locked_note": Text(
        "保障的代价：商家晚多久拿到钱。", "The price of protection: how long merchants wait for their money."
    ),
    "sources": Text("索赔由谁付", "Who paid the claims"),
    "sources_note": Text(
        "按赔付来源划分的全部索赔；斜纹为没有着落、由消费者承担的部分。",
        "All claims by the source that paid them; the hatched part was paid by nobody: the consumers’ loss.",
    ),
    "risky": Text("风险最高的商家", "The riskiest merchants"),
    "risky_note": Text(
        "点击表头可排序。最低保障率为该商家历史上最差的一刻。",
        "Sort by a column’s head. The lowest ratio is the merchant’s own worst moment.",
    ),
    "no_risky": Text("这项政策下没有可列出的商家。", "Under this policy there is no merchant to list."),
    "policy": Text("政策", "Policy"),
    "merchant": Text("商家", "Merchant"),
    "status": Text("状态", "Status"),
    "sales": Text("已扣款销售额", "Sales debited"),
    "claims": Text("索赔", "Claims"),
    "claimed": Text("索赔额", "Claimed"),
    "uncovered": Text("没有着落", "Uncovered"),
    "peak": Text("最高敞口", "Peak exposure"),
    "min_ratio": Text("最低保障率", "Lowest ratio"),
    "stories": Text("一次跑路，逐日讲述", "One run-away, day by day"),
    "stories_note": Text(
        "同一商家、同一天，在不同规则下发生了什么。",
        "The same merchant on the same days, under each set of rules.",
    ),
    "stories_more": Text(
        "另有 {more} 次较小的跑路，见 JSON 输出。", "{more} smaller run-aways are in the JSON output."
    ),
    "no_stories": Text("这段历史里没有商家跑路。", "No merchant ran away in this history."),
    "which": Text("选择商家", "Merchant"),
    "compared": Text("与今天的规则对照", "Compare with today’s rules"),
    "not_here": Text("此政策下没有这次跑路", "No such run-away under this policy"),
    "day": Text("日期", "Day"),
    "worst_of": Text("每个点取 {step} 天中最差的一天。", "Each point is the worst of {step} days."),
    "table": Text("数据表", "Data table"),
    "hurt": Text("受影响的消费者", "Consumers affected"),
    "owed": Text("应退", "Owed"),
    "compensated": Text("已赔", "Compensated"),
    "captures_stopped": Text("扣款前叫停", "Debits stopped"),
    "declared": Text("认定跑路", "Declared"),
    "finished": Text("赔付完成", "Last payment"),
    "vanished_day": Text("失联当天", "day of vanishing"),
    "assumptions": Text("假设", "Assumptions"),
    "option": Text("选项", "Option"),
    "value": Text("取值", "Value"),
    "meaning": Text("含义", "Meaning"),
    "rejected": Text("未能采用的行", "Rows not taken"),
    "rejected_none": Text("历史文件的每一行都可读。", "Every row of the history was usable."),
    "rejected_some": Text(
        "历史文件中有 {rows} 行不合格而未采用，不计入任何数字。",
        "{rows} rows of the history were not usable; they are in none of the figures.",
    ),
    "reproduce": Text("如何复现", "How to reproduce"),
    "reproduce_note": Text(
        "同样的历史、种子与政策，得出同样的数字（耗时除外）。",
        "The same history, seed and policies give the same figures, running time aside.",
    ),
    "source": Text("历史", "History"),
    "seed": Text("种子", "Seed"),
    "home": Text("运行于", "Home"),
    "policies": Text("政策", "Policies"),
    "glossary": Text("六个词", "Six words"),
    "footer": Text(
        "稳付不经手资金：它记账，告诉支付机构该动什么，并决定什么可以动。",
        "Holdfast never holds money: it keeps the books, tells "
        "the provider what to move, and decides what may move.",
    ),
    "made_of": Text(
        "本报告由 {facts} 条事实算出，用时 {seconds} 秒。图表：Apache ECharts 6.1.0（Apache-2.0）。",
        "Computed from {facts} facts in {seconds} seconds. Charts: Apache ECharts 6.1.0 (Apache-2.0).",
    ),
}
