"""A merchant's story tells its guarantees, in plain words."""

from histories import standing
from holdfast.claims.model import UpholdClaim
from holdfast.guarantees.model import (
    CallTerms,
    Claimed,
    GuaranteeKind,
    RecordGuaranteeRefused,
)
from holdfast.kernel.clock import DAY
from holdfast.telling import lives
from one_market import OneMarket, policy


def test_show_merchant_tells_what_guarantees_count_for_and_who_is_owed() -> None:
    market = OneMarket(policy("covered(0.99)", payout_cycle=0))
    excluded = {"excludes": (Claimed.RUN_AWAYS, Claimed.AWARDS), "call": CallTerms.AFTER_RULING}
    market.do(
        standing("g1", "m1", 8_000, issuer="建设银行"),
        standing("g2", "m1", 500, kind=GuaranteeKind.SURETY_INSURANCE, **excluded),
    )
    market.sell_captured("o1", 10_000)
    market.wait(DAY)
    market.claim(4_000)
    market.do(UpholdClaim(claim_id="k1"))
    market.do(RecordGuaranteeRefused(guarantee_id="g1", amount_minor=500, reason="fraud"))
    life = lives.of_merchant(market.home, "m1").document()
    assert life["now"]["guarantees"] == "CN¥0.00 counted as cover, CN¥65.00 can be called"
    assert (life["now"]["owed to issuers"], life["now"]["owed to the platform"]) == ("CN¥15.00", "CN¥5.00")
    told = "\n".join(event["text"] for event in life["events"])
    assert "建设银行 stands for the merchant up to CN¥80.00, from 2026-03-01T00:00:00Z to" in told
    assert "(surety insurance, payable after ruling, not paid: run aways and awards)" in told
    assert "(bank guarantee, payable on first demand, not paid: nothing)" in told
    assert "CN¥5.00 of guarantee g2 was called" in told
    assert "建设银行 refused CN¥5.00" in told
    assert "_minor" not in told
