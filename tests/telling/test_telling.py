"""What facts say: whole sentences, with the same figures in both languages."""

import string
from collections.abc import Iterator

import pytest

from holdfast.house import ROOMS, WORDS
from holdfast.kernel.actor import CLOCK, Actor, Door, Nature, Role, by_role
from holdfast.kernel.clock import DAY
from holdfast.kernel.rows import Fact
from holdfast.kernel.text import Text, same
from holdfast.kernel.zones import zone
from holdfast.parties.model import MerchantSuspended
from holdfast.parties.refusals import NotOptedIn
from holdfast.settlement.facts import LossRecovered, PayoutHeld
from holdfast.settlement.model import RecordRecovery
from holdfast.settlement.otherwise import RecordChargeback
from holdfast.telling import facts, lives
from one_market import START, OneMarket, policy


def every_text() -> Iterator[tuple[str, Text]]:
    for room in ROOMS:
        for kind, text in room.words.items():
            yield kind.__name__, text
            for field, other in room.words_where.get(kind, {}).items():
                yield f"{kind.__name__}, {field}", other


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize(
    ("kind", "text"), [*every_text()], ids=lambda each: each if isinstance(each, str) else ""
)
def test_both_languages_have_the_same_figures(kind: str, text: Text) -> None:
    assert places(text.zh) == places(text.en), kind


def sold() -> OneMarket:
    market = OneMarket()
    market.sell()
    return market


def test_a_fact_is_told_with_its_figures_in_both_languages() -> None:
    placed, *_ = sold().home.facts(order_id="o1")
    assert facts.tell(placed, "CNY", zone("Asia/Shanghai")) == Text(
        "消费者 c1 向商家 m1 下单 ¥100.00；应在 2026-03-03T08:00:00+08:00 前发货",
        "consumer c1 ordered from merchant m1 for CN¥100.00; to be shipped by 2026-03-03T08:00:00+08:00",
    )


def test_a_loss_that_no_issuer_refused_is_not_told_as_one() -> None:
    """The platform bears a chargeback where the merchant was paid out, and gets it back later."""
    market = OneMarket(policy("delivery_plus(0)", fee_bp=0, fund_share_bp=0))
    market.sell("o1", 1_000)
    market.wait(10 * DAY)
    market.do(RecordChargeback(chargeback_id="b1", order_id="o1", amount_minor=1_000, reason="not by me"))
    market.do(RecordRecovery(merchant_id="m1", amount_minor=400, source="court"))
    [told] = [
        facts.tell(fact, "CNY")
        for fact in market.home.facts(merchant_id="m1")
        if isinstance(fact.body, LossRecovered)
    ]
    assert told == Text(
        "平台追回此前为商家承担的 ¥4.00；商家尚欠平台 ¥6.00",
        "the platform got back CN¥4.00 that it had borne for the merchant, which still owes it CN¥6.00",
    )


def held_back(**said: str) -> Text:
    body = PayoutHeld(merchant_id="m1", amount_minor=9_920, **said)
    return facts.tell(Fact(id="0", at=START, body=body), "CNY")


def test_why_a_payout_is_held_back_is_told_in_both_languages() -> None:
    zh, en = held_back(code="payout_breaks_cover", reason="cover is 0 of 9", reason_zh="保障为 0，应为 9")
    assert zh == "打款 ¥99.20 被暂缓：保障为 0，应为 9"
    assert en == "a payout of CN¥99.20 was held back: cover is 0 of 9"


def test_what_was_kept_in_english_alone_is_told_as_far_as_its_code_says_it() -> None:
    said = "cover is 0 of 9"
    assert said in held_back(code="payout_breaks_cover", reason=said).zh
    assert said in held_back(code="a_code_that_is_no_more", reason=said).zh
    kind = NotOptedIn  # its sentence has no figures
    assert held_back(code=kind.code, reason=kind.what.en).zh == f"打款 ¥99.20 被暂缓：{kind.what.zh}"


def test_a_life_is_told_in_both_languages() -> None:
    market = sold()
    told = lives.of_order(market.home, "o1", "Asia/Shanghai").document()
    assert (told["now"]["state"], told["now_zh"]["状态"]) == ("delivered", "已送达")
    assert [(event["text_zh"], event["text"]) for event in told["events"]][1] == (
        "商家发货",
        "the merchant shipped",
    )
    summed = lives.of_merchant(market.home, "m1").events
    assert Text("1 × 消费者下单，¥100.00", "1 × order placed, CN¥100.00") in [event.text for event in summed]


def test_every_kind_that_a_story_sums_up_has_a_short_name() -> None:
    for kind in WORDS:
        if issubclass(kind, lives.SUMMED):
            assert "called" in vars(kind), f"{kind.__name__} is to have a short name: called = Text(…)"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("李敏（售后） Xiaomi 14", "李敏（售后） Xiaomi 14"),
        ("a\tb\u3000c\u2028d", "a b c d"),
        ("\ud800\0\u200b", "⟨U+D800⟩⟨U+0000⟩⟨U+200B⟩"),
        ("אבגד", "אבגד"),
    ],
    ids=["plain", "spaces", "unseen", "right to left"],
)
def test_texts_are_shown_with_what_cannot_be_seen(text: str, shown: str) -> None:
    assert facts.shown(text) == same(shown)


def test_who_acted_is_named_by_role_to_those_who_are_not_told_who_it_was() -> None:
    li = Actor(Nature.PERSON, "Li", Role.STAFF, Door.CONSOLE)
    suspended = Fact("f1", 0, MerchantSuspended(merchant_id="m1", reason="late"), li)
    assert facts.tell(suspended, "CNY") == Text(
        "工作人员暂停商家营业：late", "Li suspended the merchant: late"
    )
    told = facts.tell(suspended, "CNY", who=by_role)
    assert told == Text("工作人员暂停商家营业：late", "a member of staff suspended the merchant: late")
    key = Actor(Nature.MACHINE, "key_1", Role.MERCHANT, Door.API)
    assert by_role(key) == Text("商家程序", "a merchant's machine")
    assert by_role(None) == Text("有人", "somebody")
    assert by_role(CLOCK).en == "the clock"
