"""The answer of a replay in one sentence: who ran, who was owed what, who paid it, how long it took."""

from typing import NamedTuple

from holdfast.kernel.clock import DAY
from holdfast.kernel.text import Text, listed, same, sentences
from holdfast.replay.results import PolicyResult, Replay, RunAway, Sources
from holdfast.replay.taken import not_taken, rows_told, unpaid_told
from holdfast.replay.wording import count, days, many, money, short_name

SOURCES: dict[str, Text] = {
    "order": Text("订单货款", "the order proceeds"),
    "available": Text("商家可用余额", "the merchant balance"),
    "reserve": Text("滚动准备金", "the rolling reserve"),
    "deposit": Text("保证金", "the deposit"),
    "fund": Text("保障基金", "the guarantee fund"),
}
"""The waterfall, in the order in which it pays."""

_NAMED = 3


class Lost(NamedTuple):
    """The losses of consumers in all, and the part of late claims in them, in minor units."""

    minor: int
    late_minor: int


class Answer(NamedTuple):
    """The sentence of the user's first policy (None without one), and of `today` beside it."""

    ours: Text | None
    today: Text


def answer(replay: Replay) -> Answer:
    """Return the sentence about the first policy's result, and the one about `today`'s.

    Raises:
        ValueError: the replay holds no policy; `today` is always among them.
    """
    if not replay.policies:
        raise ValueError("a replay holds at least the policy `today`")
    *ours, today = replay.policies
    return Answer(
        _sentence(replay, ours[0], Text(f"在 {ours[0].policy} 政策下，", f"Under {ours[0].policy}, "))
        if ours
        else None,
        _sentence(replay, today, Text("按今天的规则，", "Under today’s rules, ")),
    )


def as_they_pay(sources: Sources) -> list[tuple[str, int]]:
    """List the waterfall's sources with the sum that each paid, in minor units."""
    return [(name, int(getattr(sources, name))) for name in SOURCES]


def sum_of(run_aways: list[RunAway]) -> Sources:
    """Add up where the compensation of several run-aways came from."""
    return Sources(**{name: sum(int(getattr(run.sources, name)) for run in run_aways) for name in SOURCES})


def _sentence(replay: Replay, result: PolicyResult, opening: Text) -> Text:
    """Return the result as a sentence, with the part of the history that it does not cover."""
    if not replay.taken(result):
        rest = _nothing_ran(replay)
    elif result.run_aways:
        rest = _ran_away(replay, result.run_aways)
    else:
        rest = _only_claims(replay, result)
    found = Text(opening.zh + rest.zh + "。", opening.en + rest.en + ".")
    return sentences(
        found,
        _in_all(replay, result),
        *not_taken(replay, result),
        rows_told(replay.rejected_rows),
        unpaid_told(replay.unpaid),
    )


def _in_all(replay: Replay, result: PolicyResult) -> Text:
    """Return the unpaid sum of all claims as a sentence, where it is not that of run-aways alone."""
    if not result.run_aways or result.uncovered_minor <= sum(run.uncovered_minor for run in result.run_aways):
        return same("")
    lost = Text(
        "连同其余索赔，共有 {lost} 没有着落{late}。",
        "With all other claims, {lost} is uncovered in all{late}.",
    )
    late = same("")
    if result.late_uncovered_minor:
        late = Text("（其中 {late} 于窗口期后提出）", " ({late} of it claimed after the window)").fill(
            late=money(result.late_uncovered_minor, replay.currency)
        )
    return lost.fill(lost=money(result.uncovered_minor, replay.currency), late=late)


def _nothing_ran(replay: Replay) -> Text:
    return Text(
        f"{count(replay.orders)} 笔订单没有一笔被接受，对损失无从判断",
        f"none of {many(replay.orders, 'order', 'orders')} ran, and nothing can be said of losses",
    )


def _ran_away(replay: Replay, runs: list[RunAway]) -> Text:
    owed = sum(run.owed_minor for run in runs)
    opening = Text("{who}跑路，", "{who} ran away").fill(who=_who(runs))
    if not owed:
        return Text("{opening}没有消费者因此应获退款", "{opening}, and no consumer was owed anything").fill(
            opening=opening
        )
    repaid = _repaid(
        replay.currency,
        sum(run.compensated_minor for run in runs),
        Lost(sum(run.uncovered_minor for run in runs), sum(run.late_uncovered_minor for run in runs)),
        sum_of(runs),
    )
    return Text(
        "{opening}{victims}应获退款 {owed}，{repaid}{time}",
        "{opening} owing {victims} {owed}; they {repaid}{time}",
    ).fill(
        opening=opening,
        victims=_victims(runs),
        owed=money(owed, replay.currency),
        repaid=repaid,
        time=_time(runs),
    )


def _who(runs: list[RunAway]) -> Text:
    ranked = sorted(runs, key=lambda run: (-run.owed_minor, run.merchant_id))
    names = [same(short_name(run.merchant_id)) for run in ranked[:_NAMED]]
    more = len(ranked) - len(names)
    if more:
        return Text(
            f"商家 {listed(names).zh} 等 {count(len(ranked))} 家",
            listed([*names, same(f"{count(more)} more")]).en,
        )
    named = listed(names)
    return Text(f"商家 {named.zh} ", named.en)


def _victims(runs: list[RunAway]) -> Text:
    consumers = sum(run.consumers for run in runs)
    if len(runs) == 1:
        return Text(f"{count(consumers)} 名消费者", many(consumers, "consumer", "consumers"))
    return Text(
        f"{count(consumers)} 人次消费者", f"{many(consumers, 'consumer', 'consumers')} (counted per merchant)"
    )


def _repaid(currency: str, paid: int, lost: Lost, sources: Sources) -> Text:
    missing = money(lost.minor, currency)
    if not paid:
        return Text("分文未得，损失 {missing}", "got nothing back and lost {missing}").fill(missing=missing)
    parts = [
        Text("{amount} 来自{source}", "{amount} from {source}").fill(
            amount=money(amount, currency), source=SOURCES[name]
        )
        for name, amount in as_they_pay(sources)
        if amount
    ]
    origin = Text("，其中 {parts}", " ({parts})").fill(parts=listed(parts)) if parts else same("")
    return Text("得到 {paid}{origin}{loss}", "got {paid} back{origin}{loss}").fill(
        paid=money(paid, currency), origin=origin, loss=_loss(currency, lost)
    )


def _loss(currency: str, lost: Lost) -> Text:
    late = money(lost.late_minor, currency)
    match lost:
        case Lost(0, _):
            return Text("，无人受损", " and lost nothing")
        case Lost(minor, late_minor) if minor == late_minor:
            return Text(
                "，窗口期内提出的索赔无人受损；窗口期后提出的尚缺 {late}",
                " and lost nothing that was claimed in its window; {late} claimed after it is open",
            ).fill(late=late)
        case _:
            found = Text("，另有 {missing} 没有着落", " and lost {missing}").fill(
                missing=money(lost.minor, currency)
            )
    if not lost.late_minor:
        return found
    of_it = Text("（其中 {late} 于窗口期后提出）", " ({late} of it claimed after the window)").fill(late=late)
    return Text(found.zh + of_it.zh, found.en + of_it.en)


def _time(runs: list[RunAway]) -> Text:
    owing = [run for run in runs if run.compensated_minor]
    if not owing:
        return same("")
    spans = [run.finished_at - run.vanished_at for run in owing if run.finished_at is not None]
    if len(spans) < len(owing):
        return Text("；历史结束时仍未付清", "; paying was not finished when the history ended")
    return Text(
        "；最后一笔在失联后 {days}付清", "; the last payment came {days} after the merchant vanished"
    ).fill(days=days(max(spans) / DAY))


def _only_claims(replay: Replay, result: PolicyResult) -> Text:
    taken = replay.taken(result)
    if not result.claims and taken < replay.orders:
        return Text(
            f"没有商家跑路，也没有索赔：{count(replay.orders)} 笔订单中 {count(taken)} 笔实际运行，无人受损",
            f"no merchant ran away and nobody claimed anything: {count(taken)} of "
            f"{many(replay.orders, 'order', 'orders')} ran, without a loss",
        )
    if not result.claims:
        return Text(
            f"没有商家跑路，也没有索赔：{count(replay.consumers)} "
            f"名消费者、{count(replay.orders)} 笔订单，无人受损",
            f"no merchant ran away and nobody claimed anything: {many(replay.orders, 'order', 'orders')} of "
            f"{many(replay.consumers, 'consumer', 'consumers')}, no loss",
        )
    return Text(
        "没有商家跑路；{claims} 起索赔共 {claimed}，消费者{repaid}{time}",
        "no merchant ran away; {noun} for {claimed} came, and consumers {repaid}{time}",
    ).fill(
        claims=count(result.claims),
        noun=many(result.claims, "claim", "claims"),
        claimed=money(result.claimed_minor, replay.currency),
        repaid=_repaid(
            replay.currency,
            result.compensated_minor,
            Lost(result.uncovered_minor, result.late_uncovered_minor),
            result.sources,
        ),
        time=_median(result.median_days_until_paid),
    )


def _median(until_paid: float | None) -> Text:
    if until_paid is None:
        return same("")
    return Text("；到账时间的中位数为 {days}", "; half of them were paid within {days}").fill(
        days=days(until_paid)
    )
