"""A person decides, signed in as itself; and what it asked for when it was only named is known again."""

from random import Random

import psycopg
import pytest

from histories import START
from holdfast.claims.model import RejectClaim, UpholdClaim
from holdfast.enforcement.model import DeclareAbsconded, WithdrawDeclaration
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.memory import Memory
from holdfast.house import HANDLERS
from holdfast.journal.model import ConfirmClock
from holdfast.journal.requests import Request, asks_the_same, scoped
from holdfast.kernel.actor import HISTORY, LIBRARY, TERMINAL, Actor, Door, Nature, Role
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command
from holdfast.orders.model import RefuseReturn
from holdfast.parties.model import ClearMerchant, ReinstateMerchant, SuspendMerchant
from holdfast.policy_files.reading import named
from holdfast.postgres.home import Postgres
from holdfast.settlement.otherwise import ConfirmDoubt, DismissDoubt, RetryRepayment
from holdfast.settlement.received import AssignReceipt, Target

LI = Actor(Nature.PERSON, "Li", Role.STAFF, Door.CONSOLE)
WANG = Actor(Nature.PERSON, "Wang", Role.STAFF, Door.CONSOLE)
ASSIGN = AssignReceipt(receipt_id="r", to=Target.ORDER, target_id="o")
UPHOLD = UpholdClaim(claim_id="k")

ASKED_BY_LI: list[tuple[Command, str]] = [
    (ASSIGN, "f1dd99a9894f44c4ad94fe5a527b71c7"),
    (ASSIGN, "056e2e21c702d27ed79ae62c24ac540f"),
    (ClearMerchant(merchant_id="m", reason="x"), "6daca349dc9e62dcf2e15d30d1809318"),
    (ConfirmClock(), "971b2224432a6c49b4323b4ea93bba31"),
    (ConfirmClock(), "1ae6fb59311c1100bdbc47fd2bbb7e11"),
    (ConfirmClock(reason="x"), "f627b209e8fb438f17ec402440235d83"),
    (ConfirmDoubt(doubt_id="d", debit_id="e"), "773867729722055e38340041f728d402"),
    (DeclareAbsconded(merchant_id="m", reason="x"), "72886d77d635cc9d4e374747a02a6f57"),
    (DismissDoubt(doubt_id="d", reason="x"), "1a7833b82d20dab30ecb923ab77e441d"),
    (RefuseReturn(order_id="o", reason="x"), "577e8ba18a40eb5503f22329b0ee05b7"),
    (ReinstateMerchant(merchant_id="m"), "6ca42adcffccbc02a6da6ffe73de659c"),
    (RejectClaim(claim_id="k", reason="x"), "db2e6a0f384dfc5df628ff1dca8094ac"),
    (RetryRepayment(repayment_id="r"), "a51d3b7fab74923812ed57cede0eef09"),
    (SuspendMerchant(merchant_id="m", reason="x"), "8f869edf3b4da62c89f3512596ab674d"),
    (UPHOLD, "643d27b5a658cec9f3d57405c41097a0"),
    (UPHOLD, "ba9cda2efc5481f26f0554208a830d8a"),
    (UpholdClaim(claim_id="k", amount_minor=5), "d418142cbc43a3c3278c2f2370d9eea8"),
    (WithdrawDeclaration(merchant_id="m"), "4219e86fe7c434f6a4f7b5c69314e6b8"),
]
"""Fingerprints that were kept while each of these said `"by": "Li"`, before and after revision 0009."""

PERSONS = {kind.__name__ for kind in HANDLERS if kind.approval.by_person}


def home(*known: Request) -> Memory:
    made = Memory(Ids(Random(1)), guard=None)
    made.adopt(named("full"), START)
    for row in known:
        made.desk.put(row, None)
    made.desk.changes = []
    return made


def ask(one: Memory, command: Command, actor: Actor, key: str | None = "k") -> Outcome:
    [outcome] = one.run([Submission(command, START, key, actor)])
    return outcome


def code(outcome: Outcome) -> str | None:
    return None if outcome.refusal is None else outcome.refusal.code


def test_these_a_person_decides() -> None:
    assert {
        "AddPasskey",
        "AssignReceipt",
        "BeginSession",
        "ChangeRole",
        "ClearMerchant",
        "ConfirmClock",
        "ConfirmDoubt",
        "DeclareAbsconded",
        "DestroyKeys",
        "DismissDoubt",
        "EnrolPerson",
        "InvitePerson",
        "IssueKey",
        "LinkIdentity",
        "ReinstateMerchant",
        "ReinstatePerson",
        "RejectClaim",
        "RestartLog",
        "RotateKey",
        "SetPassword",
        "SuspendMerchant",
        "SuspendPerson",
        "UpholdClaim",
        "WithdrawDeclaration",
        "WithdrawProposal",
    } == PERSONS


@pytest.mark.parametrize("command", [command for command, _ in ASKED_BY_LI if command.approval.by_person])
def test_no_machine_decides_it(command: Command) -> None:
    for machine in (LIBRARY, TERMINAL, HISTORY, Actor(Nature.MACHINE, "Li", Role.STAFF, Door.API)):
        assert code(ask(home(), command, machine)) == "person_needed"
    assert code(ask(home(), command, LI)) in {None, "not_found"}


@pytest.mark.parametrize(("command", "print_"), ASKED_BY_LI)
@pytest.mark.parametrize("kept_under", ["k", scoped("k", LI)])
def test_what_was_asked_by_name_is_answered_as_before(command: Command, print_: str, kept_under: str) -> None:
    """Under the program's own key, as before actors; or under the person's, as since."""
    one = home(Request(id=kept_under, fingerprint=print_, fact_ids=("f1",)))
    again = ask(one, command, LI)
    assert again.replayed_ids == ("f1",)
    assert len(list(one.facts())) == 1  # the policy's


@pytest.mark.parametrize(("command", "print_"), ASKED_BY_LI)
def test_what_another_person_asked_by_name_is_not_taken_for_ours(command: Command, print_: str) -> None:
    one = home(Request(id="k", fingerprint=print_, fact_ids=("f1",)))
    assert ask(one, command, WANG).replayed_ids is None
    known = Request(id=scoped("k", WANG), fingerprint=print_, fact_ids=("f1",))
    assert code(ask(home(known), command, WANG)) == "key_reused"
    assert not asks_the_same(known, command, WANG)


def test_a_machine_that_repeats_what_it_passed_on_is_told_that_it_asks_otherwise() -> None:
    """It can no longer say for whom: nothing is done twice."""
    refuse, print_ = next(each for each in ASKED_BY_LI if isinstance(each[0], RefuseReturn))
    one = home(Request(id="k", fingerprint=print_, fact_ids=("f1",)))
    assert code(ask(one, refuse, LIBRARY)) == "key_reused"


def test_the_database_finds_what_was_asked_by_name(database_url: str) -> None:
    with Postgres.open(database_url, ids=Ids(Random(2)), guard=None) as one:
        one.adopt(named("full"), START)
        [fact] = one.facts()
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "INSERT INTO requests (id, fingerprint, fact_ids)"
                " VALUES ('k', %s, jsonb_build_array(%s::text))",
                ("643d27b5a658cec9f3d57405c41097a0", fact.id),
            )
        [again, wangs] = one.run([Submission(UPHOLD, START, "k", actor) for actor in (LI, WANG)])
    assert again.replayed_ids == (fact.id,)
    assert code(wangs) == "not_found"
