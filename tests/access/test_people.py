"""People: who is let in, by whom, and that nobody raises itself or lets itself in as another."""

import pytest
from msgspec.structs import replace

from access_makers import ISSUER, SECRET_HASH, drawn
from holdfast.access.model import Identity, Invitation, Person, PersonStatus
from holdfast.access.people import (
    ChangeRole,
    EnrolPerson,
    IdentityLinked,
    InvitePerson,
    LinkIdentity,
    PersonEnrolled,
    PersonInvited,
    PersonReinstated,
    PersonSuspended,
    ReinstatePerson,
    RoleChanged,
    SuspendPerson,
)
from holdfast.access.ways import EndSessions, IdentityUnlinked, SessionsEnded, UnlinkIdentity
from holdfast.engine.execution import Submission
from holdfast.journal.pages import Asked, Sort, Subject
from holdfast.journal.proposals import ProposalMade
from holdfast.kernel.actor import LIBRARY, Role
from holdfast.kernel.clock import DAY
from holdfast.kernel.refusal import RefusalRecord
from one_market import START, OneMarket, of
from who_asks import Said

WU = EnrolPerson(person_id="wu", role=Role.MERCHANT, owner="m1")
ZHAO = EnrolPerson(person_id="zhao", role=Role.FINANCE)
INVITE = InvitePerson(
    person_id="wu", role=Role.MERCHANT, lasts=DAY, invitation_id=drawn("i"), secret_hash=SECRET_HASH
)
LINK = LinkIdentity(person_id="wu", role=Role.MERCHANT, issuer=ISSUER, subject="248289761001")


def market_with(*people: EnrolPerson) -> OneMarket:
    market = OneMarket()
    for each in people:
        market.do(Said("Li", each))
        if each.owner is None:
            market.do(Said("Wang", each))
    return market


def machine_is_told(
    market: OneMarket, command: ChangeRole | EnrolPerson | SuspendPerson
) -> RefusalRecord | None:
    [outcome] = market.home.run([Submission(command, market.now, None, LIBRARY)])
    return outcome.refusal


def test_a_shop_has_its_people_enrolled_by_a_machine() -> None:
    market = OneMarket()
    assert machine_is_told(market, WU) is None
    person = market.row(Person, "wu")
    assert (person.role, person.owner, person.status) == (Role.MERCHANT, "m1", PersonStatus.ACTIVE)
    page = market.home.fact_page(Asked(Subject(Sort.PERSON, "wu")))
    assert [fact.kind for fact in page.items] == ["PersonEnrolled"]


def test_a_role_that_reaches_a_whole_market_is_given_by_two() -> None:
    market = OneMarket()
    refusal = machine_is_told(market, ZHAO)
    assert refusal is not None
    assert refusal.code == "person_needed"
    [made] = of(ProposalMade, market.do(Said("Li", ZHAO)))
    assert made.about == "person_id=zhao, role=finance"
    assert market.home.row(Person, "zhao") is None
    [enrolled] = of(PersonEnrolled, market.do(Said("Wang", ZHAO)))
    assert enrolled.proposal == made.number


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"person_id": "Wu"}, "bad_person_id"),
        ({"person_id": "STRASSE"}, "bad_person_id"),
        ({"person_id": "x" * 101}, "bad_person_id"),
        ({"person_id": "wu li"}, "bad_id"),
        ({"role": Role.STAFF, "owner": None}, "role_not_given"),
        ({"role": Role.MARKETPLACE, "owner": None}, "role_not_given"),
        ({"role": Role.SYSTEM, "owner": None}, "role_not_given"),
        ({"owner": None}, "owner_unfit"),
        ({"owner": "m9"}, "not_found"),
    ],
)
def test_who_is_not_enrolled(changes: dict[str, object], code: str) -> None:
    assert OneMarket().refused(Said("Li", replace(WU, **changes))) == code


def test_an_account_is_one_person() -> None:
    assert market_with(WU).refused(WU) == "already_registered"


def test_nobody_raises_itself_not_even_with_others() -> None:
    market = market_with(ZHAO)
    higher = ChangeRole(person_id="zhao", role=Role.OPERATOR)
    for spelling in ("zhao", "Zhao", "ＺＨＡＯ"):
        assert market.refused(Said(spelling, higher)) == "not_for_oneself"
    market.do(Said("Li", higher))
    assert market.refused(Said("zhao", higher)) == "not_for_oneself"
    [changed] = of(RoleChanged, market.do(Said("Wang", higher)))
    assert (changed.was, changed.role) == (Role.FINANCE, Role.OPERATOR)
    assert market.row(Person, "zhao").generation == 1, "it signs in anew"
    assert market.refused(Said("Li", higher)) == "role_differs"


def test_a_role_is_changed_by_two_whatever_it_becomes() -> None:
    market = market_with(WU)
    moved = replace_owner("m2")
    refusal = machine_is_told(market, moved)
    assert refusal is not None
    assert refusal.code == "person_needed"
    assert of(ProposalMade, market.do(Said("Li", moved)))
    [changed] = of(RoleChanged, market.do(Said("Wang", moved)))
    assert changed.merchant_id == "m2"


def replace_owner(merchant_id: str) -> ChangeRole:
    return ChangeRole(person_id="wu", role=Role.MERCHANT, owner=merchant_id)


def test_a_person_is_suspended_by_one_and_reinstated_by_another() -> None:
    market = market_with(ZHAO)
    suspend = SuspendPerson(person_id="zhao", reason="left")
    refusal = machine_is_told(market, suspend)
    assert refusal is not None
    assert refusal.code == "person_needed"
    [suspended] = of(PersonSuspended, market.do(Said("Li", suspend)))
    assert suspended.reason == "left"
    assert market.row(Person, "zhao").generation == 1
    back = ReinstatePerson(person_id="zhao")
    assert market.refused(Said("zhao", back)) == "not_for_oneself"
    assert of(PersonReinstated, market.do(Said("Li", back)))


def test_an_invitation_is_decided_as_the_role_is() -> None:
    market = market_with(WU, ZHAO)
    [invited] = of(PersonInvited, market.do(INVITE))
    assert (invited.merchant_id, invited.until) == ("m1", START + DAY)
    of_finance = replace(INVITE, person_id="zhao", role=Role.FINANCE, invitation_id=drawn("z"))
    assert market.refused(replace(of_finance, role=Role.MERCHANT)) == "role_differs"
    assert of(ProposalMade, market.do(Said("Li", of_finance)))
    assert market.home.row(Invitation, of_finance.invitation_id) is None
    assert of(PersonInvited, market.do(Said("Wang", of_finance)))
    assert of(PersonInvited, market.do(Said("zhao", replace(of_finance, invitation_id=drawn("own")))))


def test_one_invitation_opens_at_a_time() -> None:
    market = market_with(WU)
    market.do(INVITE)
    assert market.refused(INVITE) == "already_registered"
    other = replace(INVITE, invitation_id=drawn("i2"))
    market.do(other)
    assert market.row(Person, "wu").invitation_id == other.invitation_id
    market.do(SuspendPerson(person_id="wu", reason="left"))
    assert market.row(Person, "wu").invitation_id is None
    assert market.refused(replace(INVITE, invitation_id=drawn("i3"))) == "person_suspended"
    market.do(ReinstatePerson(person_id="wu"))
    assert market.row(Person, "wu").invitation_id is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"lasts": 0}, "lasts_too_long"),
        ({"lasts": 31 * DAY}, "lasts_too_long"),
        ({"secret_hash": ""}, "not_drawn"),
        ({"person_id": "nobody"}, "not_found"),
    ],
)
def test_what_is_no_invitation(changes: dict[str, object], code: str) -> None:
    assert market_with(WU).refused(replace(INVITE, **changes)) == code


def test_an_account_elsewhere_is_one_persons() -> None:
    market = market_with(WU, replace(WU, person_id="sun"))
    [linked] = of(IdentityLinked, market.do(LINK))
    assert linked.issuer == ISSUER
    assert market.refused(replace(LINK, person_id="sun")) == "way_taken"
    unlink = UnlinkIdentity(issuer=ISSUER, subject=LINK.subject)
    [gone] = of(IdentityUnlinked, market.do(unlink))
    assert gone.person_id == "wu"
    assert market.refused(unlink) == "way_gone"
    market.do(replace(LINK, person_id="sun"))
    assert [row.person_id for row in market.home.rows(Identity)] == ["sun"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"issuer": "http://id.example"}, "bad_issuer"),
        ({"issuer": "https://id.example two"}, "bad_issuer"),
        ({"issuer": "https://" + "x" * 200}, "bad_id"),
        ({"subject": ""}, "bad_issuer"),
        ({"subject": "x" * 256}, "bad_issuer"),
        ({"role": Role.FINANCE}, "role_differs"),
    ],
)
def test_what_is_no_account_elsewhere(changes: dict[str, object], code: str) -> None:
    market = market_with(WU)
    command = replace(LINK, **changes)
    if command.role is not Role.MERCHANT:
        assert market.refused(Said("Li", command)) == code
    else:
        assert market.refused(command) == code


def test_all_sessions_of_a_person_end_together() -> None:
    market = market_with(WU)
    assert of(SessionsEnded, market.do(EndSessions(person_id="wu")))
    assert market.row(Person, "wu").generation == 1
