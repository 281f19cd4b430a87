"""How often a caller may ask; what one uses up, no other lacks."""

import asyncio

import pytest
from credentials import bearer
from http_asking import ENGLISH, Elapsed, Http, served

from holdfast.access.tokens import Kind, Token
from holdfast.kernel.actor import Role
from holdfast.service.admission import Rates
from holdfast.service.rates import Buckets, Left, Rate, Together
from holdfast.service.refusals import TooMany
from holdfast.service.service import Limits

SLOW = Rate(1, 3)


def test_tokens_come_back_evenly() -> None:
    elapsed = Elapsed()
    buckets = Buckets(elapsed)
    assert [buckets.take("a", SLOW).requests for _ in range(3)] == [2, 1, 0]
    with pytest.raises(TooMany):
        buckets.take("a", SLOW)
    assert buckets.take("b", SLOW) == Left(SLOW, 2, 1)
    elapsed.seconds += 1
    assert buckets.left("a", SLOW) == Left(SLOW, 1, 2)
    buckets.take("a", SLOW)
    with pytest.raises(TooMany):
        buckets.check("a", SLOW)
    elapsed.seconds += 1_000
    assert buckets.left("a", SLOW).requests == 3


def test_a_request_may_cost_several() -> None:
    buckets = Buckets(Elapsed())
    with pytest.raises(TooMany):
        buckets.take("a", SLOW, 4)
    assert buckets.take("a", SLOW, 3).requests == 0


def test_buckets_are_bounded() -> None:
    buckets = Buckets(Elapsed(), most=2)
    for name in "abcabd":
        buckets.take(name, SLOW)
    assert len(buckets) == 2


def test_one_more_than_may_be_at_the_same_time_is_refused() -> None:
    together = Together(1)
    with together.one_more("a"), together.one_more("b"):
        with pytest.raises(TooMany), together.one_more("a"):
            pass
        with pytest.raises(TooMany), together.one_more("b"):
            pass
    with together.one_more("a"):
        pass
    assert len(together) == 0


def test_a_key_that_asks_too_often_is_told_and_no_other_one(migrated_url: str) -> None:
    elapsed, limits = Elapsed(), Limits(rates=Rates(machines=SLOW, people=SLOW))
    with served(migrated_url, limits=limits, elapsed=elapsed) as http:
        left: list[str] = []
        for _ in range(3):
            answer = http.get("/v1/policies")
            assert (answer.status_code, answer.headers["ratelimit-policy"]) == (200, '"requests";q=3;w=3')
            left.append(answer.headers["ratelimit"])
        assert left == [f'"requests";r={3 - each};t={each}' for each in (1, 2, 3)]
        for path in ("/v1/policies", "/v1/orders/none"):
            refused = http.get(path, ENGLISH)
            assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
            assert refused.headers["retry-after"] == "1"
            assert refused.headers["ratelimit"] == '"requests";r=0;t=3'
        assert http.get("/v1/policies", http.as_machine(Role.RISK)).status_code == 200
        assert http.get("/v1/policies", http.as_person("li", Role.RISK)).status_code == 200
        assert "ratelimit" not in http.get("/health/live").headers
        elapsed.seconds += 1
        assert http.get("/v1/policies").status_code == 200


def test_who_guesses_is_stopped_and_keeps_nobody_out_who_was_in(migrated_url: str) -> None:
    elapsed = Elapsed()
    with served(migrated_url, limits=Limits(rates=Rates(failures=SLOW)), elapsed=elapsed) as http:
        assert http.get("/v1/policies").status_code == 200
        key = http.as_machine(Role.MARKETPLACE)["Authorization"]
        wrong = bearer(Token(Kind.LIVE, key.split("_")[2], "x" * 43))
        codes = [http.get("/v1/policies", wrong).json()["code"] for _ in range(5)]
        assert codes == [*["bad_credential"] * 3, *["too_many"] * 2]
        assert http.get("/v1/policies").status_code == 200
        assert http.get("/v1/policies", http.as_machine(Role.RISK)).json()["code"] == "too_many"
        elapsed.seconds += 1
        assert http.get("/v1/policies", http.as_machine(Role.RISK)).status_code == 200


def test_requests_of_one_caller_at_the_same_time_are_bounded(migrated_url: str) -> None:
    async def scene(http: Http) -> list[int]:
        answers = await asyncio.gather(*(http.client.get("/v1/policies") for _ in range(8)))
        return sorted(answer.status_code for answer in answers)

    with served(migrated_url, limits=Limits(rates=Rates(together=2))) as http:
        http.as_machine(Role.MARKETPLACE)
        assert http.get("/v1/policies").status_code == 200
        found = http.run(scene(http))
        assert set(found) == {200, 429}
        assert http.get("/v1/policies").status_code == 200
