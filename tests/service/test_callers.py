"""Who asks: by which credential, and what is told to who has none that lets in."""

import asyncio
from random import Random

import httpx
import pytest
from http_asking import ENGLISH, Elapsed, Http, order, served

from holdfast.access.keys import RevokeKey
from holdfast.access.model import ApiKey, Scope
from holdfast.access.people import SuspendPerson
from holdfast.access.refusals import BadCredential
from holdfast.access.rules import longest_idle
from holdfast.access.tokens import Kind, Token, parse
from holdfast.access.ways import EndSession
from holdfast.engine.execution import Submission, require_accepted
from holdfast.kernel.actor import Actor, Door, Nature, Role
from holdfast.kernel.clock import DAY
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command
from holdfast.postgres.home import Postgres
from holdfast.service import running
from holdfast.service.callers import KEPT_SECONDS, Callers
from holdfast.service.catalogue import catalogue
from holdfast.service.permissions import OPEN
from holdfast.service.service import Limits

MA = Actor(Nature.PERSON, "ma", Role.OPERATOR, Door.API)


def without(http: Http, path: str, *said: str) -> httpx.Response:
    """Ask with these `Authorization` headers, and no other one."""
    headers = [(b"Accept-Language", b"en"), *((b"Authorization", each.encode()) for each in said)]
    return http.run(http.client.get(path, headers=headers, auth=None))


def token_of(headers: dict[str, str]) -> Token:
    token = parse(headers["Authorization"].removeprefix("Bearer "))
    assert token is not None
    return token


def test_nobody_is_asked_who_it_is_where_nothing_is_told_of_anybody(http: Http) -> None:
    for operation in catalogue():
        path = operation.path.replace("{id}", "not_found")
        answer = http.run(http.client.request(operation.method, path, auth=None))
        assert (answer.status_code == 401) == (operation.name not in OPEN), operation.name
        if answer.status_code == 401:
            assert answer.json()["code"] == "no_credential"
            assert answer.headers["www-authenticate"] == 'Bearer realm="holdfast"'


def test_what_lets_nobody_in_is_one_answer(shop: Http) -> None:
    key = token_of(shop.as_machine(Role.MARKETPLACE))
    other = "x" * 43
    wrong = [
        Token(key.kind, key.id, other).text(),
        Token(key.kind, "0" * 32, key.secret).text(),
        Token(Kind.SESSION, key.id, key.secret).text(),
        Token(Kind.INVITATION, key.id, key.secret).text(),
        key.text()[:-1],
        key.text() + "x",
        key.text().upper(),
        f"{key.text()} {key.text()}",
        "hf_live_",
        "x",
        "x" * 60_000,
        "密钥",
        "%00",
    ]
    told: set[tuple[str, ...]] = set()
    for text in wrong:
        answer = without(shop, "/v1/orders", f"Bearer {text}")
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_credential"), text[:50]
        passing = {"x-request-id"}
        headers = sorted(f"{name}: {value}" for name, value in answer.headers.items() if name not in passing)
        told.add((answer.text, *headers))
    assert len(told) == 1
    assert 'error="invalid_token"' in next(iter(told))[-1]


@pytest.mark.parametrize("scheme", ["Basic ", "bearer", "", "Token ", "Bearer\t"])
def test_another_scheme_is_no_credential(shop: Http, scheme: str) -> None:
    key = token_of(shop.as_machine(Role.MARKETPLACE)).text()
    answer = without(shop, "/v1/orders", f"{scheme}{key}")
    assert (answer.status_code, answer.json()["code"]) == (401, "no_credential")


def test_a_credential_is_said_once(shop: Http) -> None:
    key = f"Bearer {token_of(shop.as_machine(Role.MARKETPLACE)).text()}"
    assert without(shop, "/v1/orders", key.replace("Bearer", "bearer")).status_code == 200
    for said in ((key, key), (key, "Bearer x"), ("Bearer x", key)):
        answer = without(shop, "/v1/orders", *said)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_header")
    twice = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    answer = shop.run(shop.client.post("/v1/orders", json=order(), headers=twice))
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_header")


def _beside(url: str, http: Http, command: Command) -> None:
    """Run a command in another process of the same database, as far as the service can tell."""
    home = Postgres(url, None, Ids(Random(9)), guard=None)
    [outcome] = home.run([Submission(command, http.clock.now(), None, MA)])
    home.close()
    require_accepted(outcome)


def test_what_ends_elsewhere_lets_nobody_in_after_a_moment(migrated_url: str) -> None:
    elapsed = Elapsed()
    with served(migrated_url, elapsed=elapsed) as http:
        key = http.as_machine(Role.RISK)
        assert http.get("/v1/orders", key).status_code == 200
        _beside(migrated_url, http, RevokeKey(key_id=token_of(key).id, reason="lost"))
        elapsed.seconds += KEPT_SECONDS / 2
        assert http.get("/v1/orders", key).status_code == 200, "it was not looked up again"
        elapsed.seconds += KEPT_SECONDS / 2
        answer = http.get("/v1/orders", {**key, **ENGLISH})
        assert (answer.status_code, answer.json()["code"]) == (401, "revoked_credential")
    assert KEPT_SECONDS <= 1


def ended(http: Http) -> dict[str, tuple[dict[str, str], Command]]:
    """Return who was in, and what ends it."""
    wang, zhao = (http.as_person(name, Role.RISK) for name in ("wang", "zhao"))
    key = http.as_machine(Role.RISK)
    return {
        "key": (key, RevokeKey(key_id=token_of(key).id, reason="lost")),
        "session": (wang, EndSession(session_id=token_of(wang).id)),
        "person": (zhao, SuspendPerson(person_id="zhao", reason="left")),
    }


def test_what_this_process_ends_lets_nobody_in_any_more(migrated_url: str) -> None:
    with served(migrated_url) as http:
        for name, (headers, command) in ended(http).items():
            assert http.get("/v1/orders", headers).status_code == 200, name
            require_accepted(http.run(http.service.front.submit(command, None, MA)))
            answer = http.get("/v1/orders", headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "revoked_credential"), name


def test_what_was_being_read_when_it_ended_is_not_kept(migrated_url: str) -> None:
    """A row that was read before a key ended, and comes in after that, lets nobody in later."""

    async def scene(http: Http, key: dict[str, str]) -> None:
        revoked = RevokeKey(key_id=token_of(key).id, reason="lost")
        reads = [asyncio.create_task(http.client.get("/v1/orders", headers=key)) for _ in range(4)]
        await asyncio.sleep(0)
        http.service.admission.callers.forget()
        require_accepted(await http.service.front.submit(revoked, None, MA))
        await asyncio.gather(*reads)
        assert (await http.client.get("/v1/orders", headers=key)).status_code == 401

    with served(migrated_url) as http:
        http.run(scene(http, http.as_machine(Role.RISK)))


def test_a_session_is_over_when_it_is(migrated_url: str) -> None:
    with served(migrated_url) as http:
        session = http.as_person("li", Role.RISK)
        assert http.get("/v1/orders", session).status_code == 200
        http.clock.advance_to(http.clock.now() + DAY)
        http.service.admission.callers.forget()
        answer = http.get("/v1/orders", session)
        assert (answer.status_code, answer.json()["code"]) == (401, "expired_credential")


def test_a_session_that_is_used_stays_open_and_one_that_rests_does_not(migrated_url: str) -> None:
    with served(migrated_url) as http:
        used, resting = http.as_person("li", Role.RISK), http.as_person("wu", Role.RISK)
        for _ in range(4):
            assert http.get("/v1/policies", used).status_code == 200
            http.clock.advance_to(http.clock.now() + longest_idle(Role.RISK) // 2)
            http.service.admission.callers.forget()
        assert http.get("/v1/policies", used).status_code == 200
        assert http.get("/v1/policies", resting).json()["code"] == "expired_credential"


def test_what_is_kept_is_bounded(http: Http) -> None:
    callers = Callers(http.service.readers, http.clock, Elapsed(), most=3)
    for number in range(8):
        with pytest.raises(BadCredential):
            http.run(callers.of(Token(Kind.LIVE, f"{number:032}", "x" * 43)))
    assert len(callers) == 3


def test_a_service_has_the_names_that_it_was_given(migrated_url: str) -> None:
    with served(migrated_url, limits=Limits(hosts=frozenset({"api.example.com"}))) as http:
        for host, status in (
            ("api.example.com", 200),
            ("API.example.com:8443", 200),
            ("127.0.0.1:8080", 200),
            ("example.com", 403),
            ("api.example.com.evil.example", 403),
            ("api.example.com:80:80", 403),
            ("", 403),
        ):
            assert http.get("/v1/policies", {"Host": host}).status_code == status, host
        page = {"Host": "api.example.com", "Origin": "https://evil.example"}
        assert http.get("/v1/policies", page).json()["code"] == "foreign_request"
    assert running.address("0.0.0.0", 0, named=True).host == "0.0.0.0"  # noqa: S104 - a name is said


def test_a_key_does_what_its_scopes_say(shop: Http) -> None:
    reader = shop.as_machine(Role.MARKETPLACE, None, Scope.READ)
    writer = shop.as_machine(Role.MARKETPLACE, None, Scope.WRITE)
    assert shop.get("/v1/orders", reader).status_code == 200
    assert shop.post("/v1/orders", order(1), writer).status_code == 201
    for answer in (shop.post("/v1/orders", order(2), reader), shop.get("/v1/orders", writer)):
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
        assert answer.headers["www-authenticate"].endswith('error="insufficient_scope"')


def test_several_sessions_of_one_person_are_one_person(shop: Http) -> None:
    reason = {"reason": "gone"}
    first = shop.post("/v1/merchants/shop1/declare-absconded", reason, shop.as_person("li", Role.RISK))
    assert first.status_code == 200
    again = shop.post("/v1/merchants/shop1/declare-absconded", reason, shop.another_session("li", Role.RISK))
    assert (again.status_code, again.json()["code"]) == (403, "same_person")
    other = shop.post("/v1/merchants/shop1/declare-absconded", reason, shop.as_person("wu", Role.OPERATOR))
    assert other.status_code == 200
    assert "MerchantAbsconded" in other.text


def test_no_secret_is_kept_or_told(shop: Http) -> None:
    headers = shop.as_machine(Role.MARKETPLACE)
    secret = token_of(headers).secret
    shop.get("/v1/orders", headers)
    row = shop.home.row(ApiKey, token_of(headers).id)
    assert row is not None
    assert secret not in repr(row)
    for path in ("/v1/facts?limit=200", "/v1/openapi.json"):
        text = shop.get(path, shop.as_machine(Role.REGULATOR)).text
        assert secret not in text
        assert row.secret_hash not in text
