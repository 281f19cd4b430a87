"""Who comes by a token, over a home; and who signs in by a password or an invitation."""

import pytest
from argon2 import PasswordHasher

from holdfast.access import rules, tokens
from holdfast.access.keys import IssueKey
from holdfast.access.model import Method, Password, Person, Scope, Session
from holdfast.access.people import EnrolPerson, InvitePerson, SuspendPerson
from holdfast.access.tokens import Kind, Token, parse
from holdfast.access.ways import SessionBegun, SetPassword
from holdfast.kernel.actor import Door, Role
from holdfast.kernel.clock import DAY
from holdfast.kernel.refusal import Refusal
from holdfast.sign_in import passwords
from holdfast.sign_in.by_password import Found, Wrong, by_invitation, found_by_password
from holdfast.sign_in.coming import Came, came_by
from one_market import OneMarket, of
from who_asks import Said

GOOD = "correct horse battery"


def market_with_wu() -> OneMarket:
    market = OneMarket()
    market.do(EnrolPerson(person_id="wu", role=Role.MERCHANT, owner="m1"))
    market.do(Said("wu", SetPassword(person_id="wu", hash=passwords.hashed(GOOD))))
    return market


def tried(
    market: OneMarket, password: str, device: str | None = None, person_id: str = "wu"
) -> Found | Wrong:
    """Try to sign in, and say to the market what came of it."""
    came_of_it = found_by_password(market.home, person_id, password, device, market.now)
    if isinstance(came_of_it, Found):
        market.do(Said(person_id, came_of_it.command))
    elif came_of_it.command is not None:
        market.do(came_of_it.command)
    return came_of_it


def signed_in(market: OneMarket, device: str | None = None) -> Token:
    came_of_it = tried(market, GOOD, device)
    assert isinstance(came_of_it, Found)
    return came_of_it.token


def came(market: OneMarket, token: Token) -> Came:
    return came_by(market.home.row, token, Door.API, market.now)


def refused(market: OneMarket, text: str) -> str:
    with pytest.raises(Refusal) as refusal:
        came_by(market.home.row, parse(text), Door.API, market.now)
    return refusal.value.code


def test_a_machine_comes_by_its_key() -> None:
    market = OneMarket()
    token = tokens.make(Kind.LIVE)
    market.do(
        IssueKey(
            role=Role.MERCHANT,
            owner="m1",
            label="shop",
            scopes=(Scope.READ,),
            lasts=DAY,
            key_id=token.id,
            secret_hash=tokens.hashed(token.secret),
        )
    )
    who = came(market, token)
    assert (who.actor.text(), who.owner, who.scopes) == (
        f"machine/merchant/api/{token.id}",
        "m1",
        {Scope.READ},
    )
    assert (who.credential, who.session) == (token.id, None)
    market.wait(DAY)
    assert refused(market, token.text()) == "expired_credential"


@pytest.mark.parametrize("kind", Kind)
def test_what_names_nothing_is_a_bad_credential(kind: Kind) -> None:
    assert refused(OneMarket(), tokens.make(kind).text()) == "bad_credential"
    assert refused(OneMarket(), f"{kind}") == "bad_credential"


def test_a_person_comes_by_its_session_until_it_is_suspended() -> None:
    market = market_with_wu()
    token = signed_in(market)
    who = came(market, token)
    assert (who.actor.text(), who.owner, who.scopes) == ("person/merchant/api/wu", "m1", set(Scope))
    assert who.session == market.row(Session, token.id)
    market.do(SuspendPerson(person_id="wu", reason="left"))
    assert refused(market, token.text()) == "revoked_credential"


def test_a_session_is_no_key_and_a_key_no_session() -> None:
    market = market_with_wu()
    token = signed_in(market)
    assert refused(market, token._replace(kind=Kind.LIVE).text()) == "bad_credential"
    assert refused(market, token._replace(kind=Kind.INVITATION).text()) == "bad_credential"


def test_no_account_and_a_wrong_password_are_told_alike() -> None:
    market = market_with_wu()
    nobody, wrong = tried(market, GOOD, person_id="nobody"), tried(market, "wrong")
    assert isinstance(nobody, Wrong)
    assert isinstance(wrong, Wrong)
    assert nobody.refusal().record() == wrong.refusal().record()
    assert wrong.refusal().code == "sign_in_refused"
    assert nobody.command is None
    assert market.row(Person, "wu").failures == 1


def test_a_locked_account_takes_no_password_but_from_where_the_person_was_before() -> None:
    market = market_with_wu()
    before = signed_in(market).text()
    for _ in range(rules.FREE_FAILURES):
        tried(market, "wrong")
    assert isinstance(tried(market, GOOD), Wrong)
    assert isinstance(tried(market, "wrong", before), Wrong)
    assert isinstance(tried(market, GOOD, before), Found)
    assert market.row(Person, "wu").failures == 0


def test_a_token_that_was_guessed_is_no_device() -> None:
    market = market_with_wu()
    token = signed_in(market)
    for device in (token._replace(secret="x" * 43).text(), "nothing", tokens.make(Kind.SESSION).text()):
        tried(market, "wrong", device)
    assert (market.row(Person, "wu").failures, market.row(Session, token.id).failures) == (3, 0)
    tried(market, "wrong", token.text())
    assert (market.row(Person, "wu").failures, market.row(Session, token.id).failures) == (3, 1)


def test_a_suspended_person_does_not_sign_in() -> None:
    market = market_with_wu()
    market.do(SuspendPerson(person_id="wu", reason="left"))
    assert isinstance(tried(market, GOOD), Wrong)


def test_a_hash_of_weaker_parameters_is_replaced_at_sign_in() -> None:
    market = market_with_wu()
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    market.do(Said("wu", SetPassword(person_id="wu", hash=weak)))
    signed_in(market)
    assert passwords.compare(GOOD, market.row(Password, "wu").hash) == passwords.Compared(right=True)


def test_an_invitation_lets_its_person_in_once() -> None:
    market = market_with_wu()
    token = tokens.make(Kind.INVITATION)
    market.do(
        InvitePerson(
            person_id="wu",
            role=Role.MERCHANT,
            lasts=DAY,
            invitation_id=token.id,
            secret_hash=tokens.hashed(token.secret),
        )
    )
    invited = by_invitation(market.home, token.text(), market.now)
    [begun] = of(SessionBegun, market.do(Said("wu", invited.command)))
    assert begun.method is Method.INVITATION
    assert came(market, invited.token).actor.id == "wu"
    for text in (token.text(), tokens.make(Kind.INVITATION).text(), "nothing"):
        with pytest.raises(Refusal) as refusal:
            by_invitation(market.home, text, market.now)
        assert refusal.value.code in {"revoked_credential", "bad_credential"}
