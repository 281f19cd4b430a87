"""What waits for people: each kind comes with its row, and goes with its answer."""

from random import Random

import pytest

from histories import policy
from holdfast.claims.model import RejectClaim
from holdfast.enforcement.model import DeclareAbsconded, WithdrawDeclaration
from holdfast.engine.memory import Memory
from holdfast.engine.tasks import Possible, Task
from holdfast.journal.refusals import BadCursor, BadLimit
from holdfast.kernel.actor import Role
from holdfast.kernel.clock import DAY, HOUR
from holdfast.kernel.ids import Ids
from holdfast.kernel.money import Money
from holdfast.parties.model import ClearMerchant, RegisterMerchant, SuspendMerchant
from holdfast.settlement.model import RecordCapture
from holdfast.settlement.otherwise import (
    DismissDoubt,
    RecordFreeze,
    RecordFreezeLifted,
    RecordRefundReturned,
    RetryRepayment,
)
from holdfast.settlement.received import AssignReceipt, RecordUnassigned, Target
from one_market import SILENT, START, OneMarket
from who_asks import Said

AGREES = policy("full")


def test_nothing_waits_before_there_is_a_policy() -> None:
    assert Memory(Ids(Random(1))).tasks(START).items == ()


def test_a_doubt_waits_and_says_all_about_itself() -> None:
    market = OneMarket()
    market.sell_captured()
    market.do(RecordCapture(order_id="o1"))
    doubt = {"doubt_id": "o1/CNY/10000"}
    assert market.the_only_task() == Task(
        kind="doubt",
        row_kind="Doubt",
        row_id="o1/CNY/10000",
        subjects=("order:o1", "merchant:m1", "consumer:c1"),
        at_stake=Money(10_000, "CNY"),
        since=market.now,
        due=market.now + AGREES.look_within,
        role=Role.STAFF,
        may=(Possible("ConfirmDoubt", doubt), Possible("DismissDoubt", doubt)),
    )
    market.do(DismissDoubt(doubt_id="o1/CNY/10000", reason="told twice"))
    assert market.tasks() == []


def test_a_doubt_that_is_told_again_is_the_same_task() -> None:
    market = OneMarket()
    market.sell_captured()
    market.do(RecordCapture(order_id="o1"))
    first = market.the_only_task()
    market.wait(4 * DAY)
    market.do(RecordCapture(order_id="o1"))
    assert market.the_only_task() == first
    assert first.due < market.now


def test_a_receipt_waits_until_all_of_it_is_assigned() -> None:
    market = OneMarket()
    market.do(RecordUnassigned(receipt_id="r1", currency="CNY", amount_minor=900, reference="?"))
    market.do(AssignReceipt(receipt_id="r1", to=Target.SENDER, target_id="b", amount_minor=400))
    assert market.the_only_task().at_stake == Money(500, "CNY")
    assert market.the_only_task().subjects == ()
    market.do(AssignReceipt(receipt_id="r1", to=Target.SENDER, target_id="b"))
    assert market.tasks() == []


def test_a_repayment_that_bounced_waits_for_another_account() -> None:
    market = OneMarket()
    market.sell_captured()
    market.do(RecordRefundReturned(repayment_id="x1", order_id="o1", amount_minor=70, reason="closed"))
    task = market.the_only_task()
    assert (task.kind, task.row_id, task.at_stake) == ("bounced_repayment", "x1", Money(70, "CNY"))
    assert task.may[1] == Possible("ConfirmRepayment", {"repayment_id": "x1"})
    market.do(RetryRepayment(repayment_id="x1"))
    assert market.tasks() == []


def test_an_open_claim_waits_for_its_decision() -> None:
    market = OneMarket()
    market.sell_captured()
    market.claim(4_000)
    task = market.the_only_task()
    assert (task.kind, task.at_stake) == ("claim", Money(4_000, "CNY"))
    assert task.due == market.now + AGREES.claim_decided_within
    market.do(RejectClaim(claim_id="k1", reason="as shown"))
    assert market.tasks() == []


def test_a_declaration_waits_for_another_person() -> None:
    market = OneMarket()
    market.sell_captured("o1")
    declare = DeclareAbsconded(merchant_id="m1", reason="nobody answers")
    market.do(Said("Li", declare))
    task = market.the_only_task()
    assert (task.kind, task.subjects, task.at_stake) == (
        "declaration",
        ("merchant:m1",),
        Money(10_000, "CNY"),
    )
    assert task.due == market.now + AGREES.second_declaration_within
    market.wait(30 * DAY, SILENT)
    assert "declaration" in [task.kind for task in market.tasks()]
    market.do(Said("Li", WithdrawDeclaration(merchant_id="m1")))
    assert "declaration" not in [task.kind for task in market.tasks()]
    market.do(Said("Li", declare), Said("Wang", declare))
    assert "declaration" not in [task.kind for task in market.tasks()]


def test_a_freeze_for_which_not_all_is_there_waits() -> None:
    market = OneMarket()
    freeze = RecordFreeze(
        freeze_id="f1", merchant_id="m1", amount_minor=500, authority="a court", document="2026-7"
    )
    market.do(freeze)
    assert (market.the_only_task().kind, market.the_only_task().at_stake) == (
        "freeze_missing",
        Money(500, "CNY"),
    )
    market.do(RecordFreezeLifted(freeze_id="f1", document="2026-8"))
    assert market.tasks() == []


def shop_of_who_ran() -> OneMarket:
    market = OneMarket(policy("delivery_plus(0)"))
    market.do(RegisterMerchant(merchant_id="s2", name="s2", currency="CNY", owner_ids=("p1",)))
    for person in ("Li", "Wang"):
        market.do(Said(person, DeclareAbsconded(merchant_id="m1", reason="gone")))
    market.sell("o2", merchant="s2")
    market.wait(9 * DAY)
    return market


def test_another_shop_of_who_ran_waits_to_be_looked_at() -> None:
    market = shop_of_who_ran()
    task = market.the_only_task()
    assert (task.kind, task.subjects) == ("owner_ran_elsewhere", ("merchant:s2",))
    assert task.at_stake == Money(9_920, "CNY")
    market.sell("o3", merchant="s2")
    market.wait(9 * DAY)
    assert market.the_only_task() == Task(
        **{name: getattr(task, name) for name in Task.__struct_fields__ if name != "at_stake"},
        at_stake=Money(19_840, "CNY"),
    )
    market.do(ClearMerchant(merchant_id="s2", reason="it was sold in spring"))
    assert market.tasks() == []


def test_it_waits_no_more_once_it_runs_itself() -> None:
    market = shop_of_who_ran()
    for person in ("Li", "Wang"):
        market.do(Said(person, DeclareAbsconded(merchant_id="s2", reason="gone, too")))
    assert market.tasks() == []


def test_a_merchant_that_is_suspended_waits_for_nobody() -> None:
    market = OneMarket(policy("delivery_plus(0)"))
    market.do(SuspendMerchant(merchant_id="m1", reason="fakes"))
    assert market.tasks() == []


def many() -> OneMarket:
    """Receipts and claims, some begun at one instant."""
    market = OneMarket()
    for number in range(6):
        receipt = RecordUnassigned(receipt_id=f"r{number}", currency="CNY", amount_minor=10, reference="?")
        market.do(receipt)
        if number % 2:
            market.wait(HOUR)
    market.sell_captured()
    market.claim(100)
    market.do(RecordFreeze(freeze_id="f", merchant_id="m2", amount_minor=5, authority="a", document="d"))
    return market


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 500])
def test_pages_are_the_whole_by_deadline_each_task_once(limit: int) -> None:
    market = many()
    whole = market.tasks()
    assert [(task.due, task.kind, task.row_id) for task in whole] == sorted(
        (task.due, task.kind, task.row_id) for task in whole
    )
    assert len(whole) == 8
    found: list[Task] = []
    after: str | None = None
    while True:
        page = market.home.tasks(market.now, after=after, limit=limit)
        found += page.items
        if (after := page.next) is None:
            break
        assert len(page.items) == limit
    assert found == whole


def test_only_those_of_a_role_are_listed() -> None:
    market = many()
    assert market.tasks(Role.STAFF) == market.tasks()
    assert market.tasks(Role.MERCHANT) == []


def test_a_cursor_is_of_one_question_and_of_one_policy() -> None:
    market = many()
    cursor = market.home.tasks(market.now, limit=2).next
    for wrong in ("x", "eDp5"):
        with pytest.raises(BadCursor):
            market.home.tasks(market.now, after=wrong)
    with pytest.raises(BadCursor):
        market.home.tasks(market.now, Role.STAFF, after=cursor)
    market.home.adopt(policy("full", look_within=DAY), market.now)
    with pytest.raises(BadCursor):
        market.home.tasks(market.now, after=cursor)
    assert market.tasks()[0].due == START + DAY


@pytest.mark.parametrize("limit", [0, 501])
def test_a_page_has_a_size(limit: int) -> None:
    with pytest.raises(BadLimit):
        OneMarket().home.tasks(START, limit=limit)
