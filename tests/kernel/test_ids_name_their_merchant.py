"""An id may name its merchant: unique within it, refused of another, told back by what the engine names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.claims.model import OpenClaim, UpholdClaim
from holdfast.evidence.model import EvidenceRecorded
from holdfast.guarantees.model import CallTerms, GuaranteeKind, RecordGuarantee
from holdfast.kernel import identity
from holdfast.kernel.clock import DAY
from holdfast.kernel.rows import Command
from holdfast.orders.model import DeliverOrder, Order, Part, ShipOrder
from holdfast.orders.parts import SplitOrder
from holdfast.settlement.model import Claim, RecordCapture
from holdfast.settlement.otherwise import (
    ConfirmRepayment,
    RecordChargeback,
    RecordChargebackWon,
    RecordFreeze,
    RecordRefundReturned,
    RecordSeizure,
)
from holdfast.settlement.otherwise_facts import RepaymentAsked
from market_parts import photo
from one_market import START, OneMarket, of, policy, sale


def refusal(market: OneMarket, command: Command) -> tuple[str, str] | None:
    [outcome] = market.run(command)
    return None if outcome.refusal is None else (outcome.refusal.code, outcome.refusal.what)


@given(st.text(st.characters(exclude_characters="~")), st.text(st.characters(exclude_characters="~")))
def test_the_merchant_of_an_id_is_the_one_that_it_was_made_of(merchant_id: str, number: str) -> None:
    assert identity.merchant_of(identity.within(merchant_id, number)) == merchant_id
    assert identity.merchant_of(number) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("shop1~", "is empty"),
        ("~1", "names the merchant '' before its ~, and is of 'shop1'"),
        ("shop2~1", "names the merchant 'shop2' before its ~, and is of 'shop1'"),
        ("shop1~2~1", "names the merchant 'shop1~2' before its ~, and is of 'shop1'"),
        ("shop1~a b", "holds a space"),
        ("shop1~" + "9" * 129, "has 129 characters, 128 are the most"),
    ],
)
def test_what_is_no_id_of_a_merchants_thing(text: str, reason: str) -> None:
    found = identity.flaw_within(text, "shop1")
    assert found is not None
    assert found.en == reason


def test_a_merchant_may_have_the_sign_in_its_own_id() -> None:
    assert identity.flaw_within("a~b~1", "a~b") is None
    assert identity.flaw_within("a~1", "a~b") is not None
    assert identity.flaw_within("m" * 128 + "~" + "9" * 128, "m" * 128) is None


def test_two_merchants_number_their_orders_alike() -> None:
    market = OneMarket(policy("full", payout_cycle=0))
    for key in ("m1", "m2"):
        market.do(*sale(f"{key}~1", key, "c1", 1_000, 3))
    rows = {order.id: order.merchant_id for order in market.home.rows(Order)}
    assert rows == {"m1~1": "m1", "m2~1": "m2"}
    market.do(OpenClaim(claim_id="m1~1", order_id="m1~1", amount_minor=100, reason="gone"))
    market.do(OpenClaim(claim_id="m2~1", order_id="m2~1", amount_minor=200, reason="gone"))
    market.do(UpholdClaim(claim_id="m2~1"))
    claimed = {each.order_id: each.claimed_minor for each in market.home.rows(Claim)}
    assert claimed == {"m1~1": 100, "m2~1": 200}


ANOTHERS: tuple[Command, ...] = (
    sale("m2~9", "m1", "c1", 1_000, 0)[0],
    SplitOrder(order_id="o1", parts=(Part(id="m2~8", amount_minor=10),)),
    OpenClaim(claim_id="m2~1", order_id="o2", amount_minor=1, reason="x"),
    RecordGuarantee(
        guarantee_id="m2~1",
        merchant_id="m1",
        kind=GuaranteeKind.BANK_GUARANTEE,
        issuer="a bank",
        limit_minor=1_000,
        starts_at=START,
        ends_at=START + 400 * DAY,
        call=CallTerms.ON_DEMAND,
    ),
    RecordSeizure(seizure_id="m2~1", merchant_id="m1", amount_minor=1, authority="a court", document="1"),
    RecordFreeze(freeze_id="m2~1", merchant_id="m1", amount_minor=1, authority="a court", document="1"),
    RecordChargeback(chargeback_id="m2~1", order_id="o2", amount_minor=1, reason="fraud"),
    RecordRefundReturned(repayment_id="m2~1", order_id="o2", amount_minor=1, reason="closed"),
)


@pytest.mark.parametrize("command", ANOTHERS, ids=lambda command: type(command).__name__)
def test_another_merchants_name_is_refused_wherever_a_thing_begins(command: Command) -> None:
    market = OneMarket()
    market.do(*sale("o1", "m1", "c1", 1_000, 0), *sale("o2", "m1", "c1", 1_000, 3))
    market.do(RecordCapture(order_id="o2", amount_minor=1_000, debit_id="d1"))
    told = refusal(market, command)
    assert told is not None
    assert told[0] == "bad_id"
    assert "names the merchant 'm2'" in told[1]


def test_what_the_engine_names_and_others_send_back_names_its_merchant() -> None:
    market = OneMarket(policy("delivery_plus(0)", payout_cycle=0))
    market.do(*sale("o1", "m1", "c1", 1_000, 1), ShipOrder(order_id="o1"), DeliverOrder(order_id="o1"))
    [asked] = of(RepaymentAsked, market.do(RecordCapture(order_id="o1", amount_minor=1_200, debit_id="d1")))
    assert identity.merchant_of(asked.repayment_id) == identity.merchant_of(asked.payment_id) == "m1"
    market.do(ConfirmRepayment(repayment_id=asked.repayment_id, payment_id=asked.payment_id))
    market.do(RecordChargeback(chargeback_id="m1~cb", order_id="o1", amount_minor=100, reason="fraud"))
    market.do(RecordChargebackWon(chargeback_id="m1~cb"))
    [seen] = of(
        EvidenceRecorded,
        market.do(photo("o1")),
    )
    assert identity.merchant_of(seen.evidence_id) == "m1"
