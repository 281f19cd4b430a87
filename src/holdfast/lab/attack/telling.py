"""A find in words, 中文 and English: the steps day by day, the promise, and how it broke."""

from collections.abc import Iterator

from holdfast.kernel.money import Money
from holdfast.lab.attack.clauses import SAYS, Words
from holdfast.lab.attack.schedule import ACCOMPLICES, CURRENCY, OTHER, Do, Setting, Step
from holdfast.lab.attack.search import Find

_SAID: dict[Do, Words] = {
    Do.WAIT: Words("{days} pass", "过 {days_zh}"),
    Do.SELL: Words(
        "{shop} sells o{order} to {who} for {money}; it is delivered",
        "{shop} 向 {who} 售出 o{order}, {money}, 已送达",
    ),
    Do.PLACE: Words("{who} orders o{order} of {shop} for {money}", "{who} 在 {shop} 下单 o{order}, {money}"),
    Do.BOOK: Words(
        "{who} books a service of {shop} for {money}, o{order}",
        "{who} 向 {shop} 预订服务 o{order}, {money}",
    ),
    Do.SPLIT: Words(
        "{percent}% of o{order} goes its own way as o{part}{later}",
        "o{order} 的 {percent}% 拆分为 o{part}{later_zh}",
    ),
    Do.PERFORM: Words(
        "o{order} is performed, and {percent}% of it stated", "o{order} 服务已提供, 结算 {percent}%"
    ),
    Do.LOSE: Words("the parcel of o{order} is lost", "o{order} 包裹丢失"),
    Do.UNDELIVER: Words(
        "that o{order} was delivered is withdrawn: it was not", "o{order} 的送达被撤回: 实未送达"
    ),
    Do.REFUSE_BACK: Words(
        "the merchant says that o{order} did not come back", "商家称未收到 o{order} 的退货"
    ),
    Do.CHARGE_BACK: Words(
        "the consumer's bank takes {percent}% of the debit of o{order} back",
        "银行就 o{order} 拒付扣款的 {percent}%",
    ),
    Do.SEIZE: Words("a court takes {money} from {shop}", "法院扣划 {shop} {money}"),
    Do.ADOPT: Words("the platform adopts {policy}", "平台改用政策 {policy}"),
    Do.SHIP: Words("o{order} is shipped", "o{order} 发货"),
    Do.DELIVER: Words("o{order} is delivered", "o{order} 送达"),
    Do.CANCEL: Words("o{order} is cancelled", "o{order} 取消"),
    Do.REDUCE: Words(
        "{percent}% of what is owed on o{order} is forgiven", "o{order} 减免应付款的 {percent}%"
    ),
    Do.SEND_BACK: Words("the consumer sends o{order} back", "消费者退回 o{order}"),
    Do.TAKE_BACK: Words("the merchant has o{order} back", "商家确认收到 o{order} 退货"),
    Do.ASK: Words("the consumer of o{order} asks the merchant for help", "消费者就 o{order} 申请售后"),
    Do.ANSWER: Words("the merchant answers on o{order}", "商家答复 o{order} 的售后"),
    Do.CLAIM: Words("{percent}% of o{order} is claimed", "就 o{order} 索赔 {percent}%"),
    Do.UPHOLD: Words("the claim on o{order} is upheld, for {percent}%", "o{order} 的索赔成立, {percent}%"),
    Do.REJECT: Words("the claim on o{order} is rejected", "o{order} 的索赔不成立"),
    Do.REFUND: Words("the merchant refunds {percent}% of o{order}", "商家退款 o{order} 的 {percent}%"),
    Do.PAY_LATE: Words("o{order} is paid after all", "o{order} 迟付成功"),
    Do.CAPTURES_FAIL: Words("debits of {who} fail from now on", "{who} 的扣款此后失败"),
    Do.CAPTURES_SLOW: Words("debits of {who} take five days from now on", "{who} 的扣款此后需五天"),
    Do.CAPTURES_WORK: Words("debits of {who} work again", "{who} 的扣款恢复正常"),
    Do.PAYOUTS_FAIL: Words("payouts to {shop} fail from now on", "向 {shop} 打款此后失败"),
    Do.PAYOUTS_WORK: Words("payouts to {shop} work again", "向 {shop} 打款恢复正常"),
    Do.PAY_DEPOSIT: Words("{shop} pays {money} into its deposit", "{shop} 缴纳保证金 {money}"),
    Do.TAKE_DEPOSIT: Words(
        "{shop} takes up to {money} out of its deposit", "{shop} 取回保证金, 至多 {money}"
    ),
    Do.SUSPEND: Words("{shop} is suspended", "{shop} 被暂停"),
    Do.REINSTATE: Words("{shop} is reinstated", "{shop} 恢复营业"),
    Do.DECLARE: Words("one person declares that {shop} is gone", "一人宣布 {shop} 跑路"),
    Do.WITHDRAW: Words("that declaration is withdrawn", "该宣布被撤回"),
    Do.VANISH: Words("{shop} VANISHES; two people declare it", "{shop} 跑路, 两人宣布"),
    Do.RECOVER: Words("the police recover {money} from {shop}", "警方从 {shop} 追回 {money}"),
}


def money(minor: int) -> str:
    """Write an amount of the trial's currency."""
    sign = "-" if minor < 0 else ""
    return sign + Money(abs(minor), CURRENCY).format()


def told(find: Find) -> Iterator[str]:
    """Tell a find, line by line."""
    found, schedule = find.found, find.schedule
    says = SAYS[found.clause]
    yield f"BROKEN 承诺被打破: {found.clause.value}"
    yield f"  promised 承诺: {says.english}"
    yield f"               {says.chinese}"
    yield f"  policy 政策: {_setting(schedule.setting)}"
    hours = 0
    for step in schedule.steps:
        if step.do is Do.WAIT:
            hours += step.hours
            continue
        english, chinese = said(step)
        day, hour = divmod(hours, 24)
        yield f"  day {day:>3}{f' {hour:>2} h' if hour else '     '}  {english} · {chinese}"
    if hours and schedule.steps[-1].do is Do.WAIT:
        yield f"  day {hours // 24:>3}       everybody waits until here · 等到此时"
    at = f" at {found.shop}" if found.shop else ""
    amounts = f"promised 承诺 {money(found.promised_minor)}, came 实际 {money(found.came_minor)}"
    yield f"  came of it 结果{at}: {amounts}"
    yield f"  {found.what} (minor units 分)"


def _setting(setting: Setting) -> str:
    parts = [setting.base]
    if setting.promise:
        parts.append(f"judged as 按 {setting.promise} 判定")
    parts.append(f"fund 基金 {money(setting.capital_minor)}")
    parts.append(
        f"payouts every {setting.payout_hours} h 打款周期"
        if setting.payout_hours
        else "payouts at once 即时打款"
    )
    if setting.short_youth:
        parts.append("young for 45 days and 4 orders 新商家期")
    if setting.advance:
        parts.append("paid ahead on delivery 送达垫付")
    if not setting.unasked:
        parts.append("refunds only on a claim 仅凭索赔退款")
    return "; ".join(parts)


def said(step: Step) -> tuple[str, str]:
    """Return the sentence of a step in English and in 中文."""
    words = _SAID[step.do]
    days, hours = divmod(step.hours, 24)
    parts = [f"{days} d"] * (days > 0) + [f"{hours} h"] * (hours > 0)
    parts_zh = [f"{days} 天"] * (days > 0) + [f"{hours} 小时"] * (hours > 0)
    fields = {
        "order": step.order,
        "percent": step.percent,
        "money": money(step.minor),
        "days": " ".join(parts),
        "days_zh": " ".join(parts_zh),
        "part": step.part,
        "policy": step.policy,
        "later": f", to begin in {' '.join(parts)}" if step.hours else "",
        "later_zh": f", {' '.join(parts_zh)} 后开始" if step.hours else "",
    }
    english = words.english.format(**fields, shop=_shop(step.shop), who=_consumer(step.who))
    chinese = words.chinese.format(**fields, shop=_shop(step.shop), who=step.who)
    return english, chinese


def _shop(shop: str) -> str:
    return f"{shop} (another's shop)" if shop == OTHER else shop


def _consumer(who: str) -> str:
    return f"{who} (an accomplice)" if who in ACCOMPLICES else who
