"""Keys: to whom they are given, how they are replaced, and that nobody gives a market away alone."""

import msgspec
import pytest
from msgspec.structs import replace

from access_makers import SECRET_HASH, drawn
from holdfast.access.keys import IssueKey, KeyIssued, KeyRevoked, KeyRotated, RevokeKey, RotateKey
from holdfast.access.model import ApiKey, Scope
from holdfast.engine.execution import Submission
from holdfast.journal.proposals import Proposal, ProposalMade
from holdfast.kernel.actor import LIBRARY, Actor, Door, Nature, Role
from holdfast.kernel.clock import DAY, HOUR, SECOND
from holdfast.kernel.rows import Command
from one_market import START, OneMarket, of
from who_asks import Said

OF_SHOP = IssueKey(
    role=Role.MERCHANT, owner="m1", label="shop", key_id=drawn("k"), secret_hash=SECRET_HASH, lasts=30 * DAY
)
OF_FINANCE = IssueKey(role=Role.FINANCE, label="books", key_id=drawn("f"), secret_hash=SECRET_HASH)
ROTATE = RotateKey(
    key_id=OF_SHOP.key_id, role=Role.MERCHANT, grace=DAY, new_id=drawn("n"), secret_hash="1" * 64
)
ITSELF = Actor(Nature.MACHINE, OF_FINANCE.key_id, Role.FINANCE, Door.API)


def told(market: OneMarket, command: Command, actor: Actor) -> list[str]:
    """Return the kinds of what happens where this actor asks for it, or why nothing does."""
    [outcome] = market.home.run([Submission(command, market.now, None, actor)])
    market.check()
    return [fact.kind for fact in outcome.facts] if outcome.refusal is None else [outcome.refusal.code]


def test_a_shop_is_given_a_key_by_a_machine() -> None:
    market = OneMarket()
    [issued] = of(KeyIssued, market.do(OF_SHOP))
    assert (issued.key_id, issued.merchant_id, issued.consumer_id) == (OF_SHOP.key_id, "m1", None)
    assert issued.expires_at == START + 30 * DAY
    key = market.row(ApiKey, OF_SHOP.key_id)
    assert (key.owner, key.scopes) == ("m1", (Scope.READ, Scope.WRITE))
    [of_consumer] = of(
        KeyIssued,
        market.do(replace(OF_SHOP, role=Role.CONSUMER, owner="c9", key_id=drawn("c"), scopes=(Scope.READ,))),
    )
    assert (of_consumer.consumer_id, of_consumer.scopes) == ("c9", (Scope.READ,))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"role": Role.STAFF, "owner": None}, "role_not_given"),
        ({"role": Role.ARBITER, "owner": None}, "role_not_given"),
        ({"owner": None}, "owner_unfit"),
        ({"owner": "m9"}, "not_found"),
        ({"owner": "m 1"}, "bad_id"),
        ({"label": " "}, "no_label"),
        ({"label": "x" * 101}, "no_label"),
        ({"scopes": ()}, "no_scope"),
        ({"lasts": 0}, "lasts_too_long"),
        ({"lasts": 3651 * DAY}, "lasts_too_long"),
        ({"key_id": ""}, "not_drawn"),
        ({"secret_hash": ""}, "not_drawn"),
        ({"secret_hash": "the secret itself"}, "not_drawn"),
    ],
)
def test_what_is_no_key(changes: dict[str, object], code: str) -> None:
    assert OneMarket().refused(Said("Li", replace(OF_SHOP, **changes))) == code


def test_an_owner_is_for_those_who_trade() -> None:
    market = OneMarket()
    assert market.refused(Said("Li", replace(OF_FINANCE, owner="m1"))) == "owner_unfit"


def test_an_id_is_taken_once() -> None:
    market = OneMarket()
    market.do(OF_SHOP)
    assert market.refused(OF_SHOP) == "already_registered"


def test_a_key_that_reaches_a_whole_market_takes_two_people() -> None:
    market = OneMarket()
    assert told(market, OF_FINANCE, LIBRARY) == ["person_needed"]
    [made] = of(ProposalMade, market.do(Said("Li", OF_FINANCE)))
    assert made.about == "role=finance"
    assert market.home.row(ApiKey, OF_FINANCE.key_id) is None
    assert market.refused(Said("LI", OF_FINANCE)) == "asked_already"
    hers = replace(OF_FINANCE, key_id=drawn("w"), secret_hash="2" * 64)
    [issued] = of(KeyIssued, market.do(Said("Wang", hers)))
    assert issued.proposal == made.number
    assert market.row(ApiKey, hers.key_id).secret_hash == "2" * 64
    assert market.home.row(ApiKey, OF_FINANCE.key_id) is None, "whoever proposed it has no key by it"


def test_a_proposal_keeps_nothing_of_a_secret() -> None:
    market = OneMarket()
    market.do(Said("Li", OF_FINANCE))
    [row] = market.home.rows(Proposal)
    assert SECRET_HASH not in row.asked
    assert OF_FINANCE.key_id not in row.asked
    assert market.refused(Said("Wang", msgspec.json.decode(row.asked, type=IssueKey))) == "not_drawn"


def test_a_request_that_is_sent_again_is_known_by_whatever_was_drawn_for_it() -> None:
    market = OneMarket()
    [first] = market.run(OF_SHOP, key="k")
    again = replace(OF_SHOP, key_id=drawn("again"), secret_hash="3" * 64)
    [second] = market.run(again, key="k")
    assert second.replayed_ids == tuple(fact.id for fact in first.facts)
    assert market.home.row(ApiKey, again.key_id) is None
    assert told_code(market, replace(again, label="another")) == "key_reused"


def told_code(market: OneMarket, command: Command) -> str | None:
    [outcome] = market.run(command, key="k")
    return None if outcome.refusal is None else outcome.refusal.code


def test_an_old_key_opens_for_its_grace_and_is_replaced_once() -> None:
    market = OneMarket()
    market.do(OF_SHOP)
    market.wait(DAY)
    [rotated] = of(KeyRotated, market.do(ROTATE))
    old, new = market.row(ApiKey, OF_SHOP.key_id), market.row(ApiKey, ROTATE.new_id)
    assert (rotated.until, rotated.expires_at) == (market.now + DAY, market.now + 30 * DAY)
    assert (old.expires_at, old.replaced_by) == (market.now + DAY, new.id)
    assert (new.replaces, new.owner, new.label) == (old.id, "m1", "shop")
    assert new.expires_at == market.now + 30 * DAY
    assert market.refused(replace(ROTATE, new_id=drawn("n2"))) == "key_over"


def test_a_grace_is_no_longer_than_the_old_key_had() -> None:
    market = OneMarket()
    market.do(replace(OF_SHOP, lasts=HOUR), ROTATE)
    assert market.row(ApiKey, OF_SHOP.key_id).expires_at == START + HOUR
    assert market.row(ApiKey, ROTATE.new_id).expires_at == START + HOUR


def test_a_key_without_end_is_followed_by_one_without_end() -> None:
    market = OneMarket()
    market.do(replace(OF_SHOP, lasts=None), replace(ROTATE, grace=0))
    assert market.row(ApiKey, OF_SHOP.key_id).expires_at == START
    assert market.row(ApiKey, ROTATE.new_id).expires_at is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"role": Role.CONSUMER}, "role_differs"),
        ({"grace": -1}, "lasts_too_long"),
        ({"grace": 31 * DAY}, "lasts_too_long"),
        ({"new_id": OF_SHOP.key_id}, "already_registered"),
        ({"key_id": drawn("nowhere")}, "not_found"),
    ],
)
def test_what_rotates_nothing(changes: dict[str, object], code: str) -> None:
    market = OneMarket()
    market.do(OF_SHOP)
    assert market.refused(replace(ROTATE, **changes)) == code


def test_a_key_that_is_over_is_not_rotated_back_to_life() -> None:
    market = OneMarket()
    market.do(OF_SHOP)
    market.wait(30 * DAY)
    assert market.refused(ROTATE) == "key_over"
    [revoked] = of(KeyRevoked, market.do(RevokeKey(key_id=OF_SHOP.key_id, reason="it leaked")))
    assert (revoked.reason, revoked.merchant_id) == ("it leaked", "m1")
    assert market.refused(RevokeKey(key_id=OF_SHOP.key_id, reason="it leaked")) == "key_over"
    assert market.refused(ROTATE) == "key_over"


def test_a_machine_rotates_its_own_key_and_no_other_of_its_power() -> None:
    market = OneMarket()
    for person in ("Li", "Wang"):
        market.do(Said(person, OF_FINANCE))
    rotate = replace(ROTATE, key_id=OF_FINANCE.key_id, role=Role.FINANCE)
    assert told(market, rotate, LIBRARY) == ["person_needed"]
    assert told(market, rotate, replace(ITSELF, id="another")) == ["person_needed"]
    market.now += SECOND
    assert told(market, replace(rotate, role=Role.MERCHANT), LIBRARY) == ["role_differs"]
    assert told(market, rotate, ITSELF) == ["KeyRotated"]
