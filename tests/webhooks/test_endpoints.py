"""Endpoints: what they may be, their keys, and what facts tell of them."""

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from holdfast.kernel.clock import DAY, HOUR
from holdfast.webhooks.model import (
    BodyForm,
    ChangeEndpoint,
    DisabledWhy,
    DisableEndpoint,
    EndpointChanged,
    EndpointDisabled,
    EndpointKeys,
    EndpointRegistered,
    RegisterEndpoint,
    RemoveEndpoint,
    ReplayDeliveries,
    RotateSecret,
    Scheme,
    SecretRotated,
    SigningKey,
    WebhookEndpoint,
)
from holdfast.webhooks.rules import MAX_OF_MERCHANT
from holdfast.webhooks.signing_keys import MOST_OLD, signing
from one_market import START, OneMarket, of

URL = "https://hooks.example/T0/secret?token=1"
REGISTER = RegisterEndpoint(endpoint_id="e1", url=URL)


def keys_of(market: OneMarket) -> tuple[SigningKey, ...]:
    return market.row(EndpointKeys, "e1").keys


def test_a_fact_tells_neither_keys_nor_the_path() -> None:
    market = OneMarket()
    facts = market.do(replace(REGISTER, schemes=(Scheme.HMAC, Scheme.ED25519)))
    [told] = of(EndpointRegistered, facts)
    assert told.host == "https://hooks.example"
    keys = keys_of(market)
    assert [key.scheme for key in keys] == [Scheme.HMAC, Scheme.ED25519]
    assert len({key.key for key in keys}) == 2
    for text in ("secret", "token", *(key.key for key in keys)):
        assert text not in str(to_builtins([fact.body for fact in market.home.facts()]))
    assert all(key.key not in repr(market.row(EndpointKeys, "e1")) for key in keys)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example",
        "ftp://hooks.example/",
        "https://",
        "https://li:secret@hooks.example/",
        "https://hooks.example/#here",
        "https://hooks.example/a b",
        "https://例子.example/",
        "https://hooks.example:0/",
        "https://hooks.example:99999/",
        "https://[::1/",
        "http://hooks.example/",
        f"https://hooks.example/{'a' * 2_048}",
    ],
)
def test_an_address_that_nothing_can_be_sent_to_is_refused(url: str) -> None:
    market = OneMarket()
    assert market.refused(replace(REGISTER, url=url)) == "bad_endpoint_url"
    market.do(REGISTER)
    assert market.refused(ChangeEndpoint(endpoint_id="e1", url=url)) == "bad_endpoint_url"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/", "http://shop:80/", "http://shop.internal/", URL])
def test_plain_http_is_for_ones_own_network(url: str) -> None:
    OneMarket().do(replace(REGISTER, url=url))


def test_only_kinds_of_facts_that_there_are_can_be_wanted() -> None:
    market = OneMarket()
    refusal = market.refusal(replace(REGISTER, kinds=("OrderPlaced", "OrderPlace")))
    assert refusal.code == "unknown_fact_kind"
    assert "OrderPlaced" in refusal.fix
    market.do(replace(REGISTER, kinds=("OrderPlaced", "ClaimPaid", "OrderPlaced")))
    assert market.row(WebhookEndpoint, "e1").kinds == ("OrderPlaced", "ClaimPaid")


@pytest.mark.parametrize("schemes", [(), (Scheme.HMAC, Scheme.HMAC)])
def test_it_is_signed_in_some_way_and_each_once(schemes: tuple[Scheme, ...]) -> None:
    assert OneMarket().refused(replace(REGISTER, schemes=schemes)) == "no_signing_scheme"


def test_an_id_is_taken_once_and_names_its_merchant() -> None:
    market = OneMarket()
    market.do(REGISTER)
    assert market.refused(REGISTER) == "endpoint_exists"
    mine = replace(REGISTER, endpoint_id="m2~e1", merchant_id="m1")
    assert market.refused(mine) == "bad_id"
    assert market.refused(replace(mine, merchant_id="m9")) == "not_found"
    market.do(replace(mine, endpoint_id="m1~e1"))


def test_a_merchant_has_so_many_endpoints_and_no_more() -> None:
    market = OneMarket()
    mine = [replace(REGISTER, endpoint_id=f"m1~{n}", merchant_id="m1") for n in range(MAX_OF_MERCHANT)]
    market.do(*mine)
    one_more = replace(REGISTER, endpoint_id="m1~x", merchant_id="m1")
    assert market.refused(one_more) == "too_many_endpoints"
    market.do(replace(one_more, endpoint_id="m2~x", merchant_id="m2"))
    market.do(RemoveEndpoint(endpoint_id="m1~3"), one_more)


def test_what_is_not_named_stays() -> None:
    market = OneMarket()
    market.do(replace(REGISTER, kinds=("OrderPlaced",)))
    [told] = of(EndpointChanged, market.do(ChangeEndpoint(endpoint_id="e1", form=BodyForm.CLOUDEVENTS)))
    assert (told.was_form, told.form) == (BodyForm.STANDARD, BodyForm.CLOUDEVENTS)
    row = market.row(WebhookEndpoint, "e1")
    assert (row.url, row.kinds, row.form) == (URL, ("OrderPlaced",), BodyForm.CLOUDEVENTS)
    market.do(ChangeEndpoint(endpoint_id="e1", kinds=()))
    assert market.row(WebhookEndpoint, "e1").kinds == ()
    assert market.refused(ChangeEndpoint(endpoint_id="e1", kinds=())) == "nothing_to_change"


def test_the_old_key_signs_until_its_time_is_over() -> None:
    market = OneMarket()
    market.do(REGISTER)
    [old] = keys_of(market)
    [told] = of(SecretRotated, market.do(RotateSecret(endpoint_id="e1", grace_hours=2)))
    assert told.old_until == START + 2 * HOUR
    kept, fresh = keys_of(market)
    assert kept == replace(old, signs_until=START + 2 * HOUR)
    assert signing(keys_of(market), START + 2 * HOUR - 1) == [fresh, kept]
    assert signing(keys_of(market), START + 2 * HOUR) == [fresh]


def test_a_key_without_grace_is_gone_at_once_and_another_scheme_takes_no_place() -> None:
    market = OneMarket()
    market.do(REGISTER)
    [told] = of(SecretRotated, market.do(RotateSecret(endpoint_id="e1", scheme=Scheme.ED25519)))
    assert told.old_until is None
    hmac, pair = keys_of(market)
    assert hmac.signs_until is None
    market.do(RotateSecret(endpoint_id="e1", grace_hours=0))
    assert hmac.key not in str(keys_of(market))
    assert keys_of(market)[0] == pair


def test_so_many_old_keys_sign_at_most() -> None:
    market = OneMarket()
    market.do(REGISTER, *(RotateSecret(endpoint_id="e1", grace_hours=9) for _ in range(MOST_OLD + 3)))
    assert len(keys_of(market)) == MOST_OLD + 1


@pytest.mark.parametrize("hours", [-1, 721])
def test_a_time_out_of_range_is_refused(hours: int) -> None:
    market = OneMarket()
    market.do(REGISTER)
    assert market.refused(RotateSecret(endpoint_id="e1", grace_hours=hours)) == "bad_grace"


def test_what_was_found_of_one_address_disables_no_other() -> None:
    market = OneMarket()
    market.do(REGISTER, ChangeEndpoint(endpoint_id="e1", url="https://new.example/"))
    gone = DisableEndpoint(endpoint_id="e1", why=DisabledWhy.GONE, url=URL)
    assert market.refused(gone) == "endpoint_changed_since"
    [told] = of(EndpointDisabled, market.do(replace(gone, url="https://new.example/")))
    assert told.why is DisabledWhy.GONE
    row = market.row(WebhookEndpoint, "e1")
    assert (row.disabled_at, row.why) == (START, DisabledWhy.GONE)


def test_a_removed_endpoint_keeps_neither_address_nor_keys() -> None:
    market = OneMarket()
    market.do(REGISTER, RemoveEndpoint(endpoint_id="e1"))
    assert market.row(WebhookEndpoint, "e1").url == ""
    assert keys_of(market) == ()
    assert market.refused(REGISTER) == "endpoint_exists"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "one_replay_needed"),
        ({"from_position": 1, "since": 1}, "one_replay_needed"),
        ({"from_position": -1}, "bad_replay"),
        ({"since": START + DAY}, "bad_replay"),
        ({"message": "x"}, "bad_replay"),
    ],
)
def test_a_replay_has_one_beginning(changes: dict[str, object], code: str) -> None:
    market = OneMarket()
    market.do(REGISTER)
    plain = ReplayDeliveries(endpoint_id="e1")
    assert market.refused(replace(plain, **changes)) == code
