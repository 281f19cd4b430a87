"""`holdfast webhooks`: endpoints by the command line, and what became of what they were sent."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cli_markets import Holdfast
from standardwebhooks import Webhook

from receivers import Delivering, Said, receiver


@pytest.fixture
def market(
    migrated_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, holdfast: Holdfast
) -> Iterator[Delivering]:
    """A market that the commands find by the environment."""
    assert holdfast is not None
    monkeypatch.setenv("HOLDFAST_DATABASE_URL", migrated_url)
    monkeypatch.chdir(tmp_path)
    with closing(Delivering(migrated_url)) as made:
        made.opened()
        yield made


def test_an_endpoint_from_its_beginning_to_its_end(market: Delivering, holdfast: Holdfast) -> None:
    with receiver() as there:
        added = holdfast("webhooks", "add", "e1", f"{there.url}/hook", "--kind", "OrderPlaced")
        assert added.exit_code == 0, added.stderr
        secret = added.stdout.strip()
        assert secret.startswith("whsec_")
        assert holdfast("webhooks", "try", "e1").exit_code == 0
        market.sell("o1")
        once = holdfast("worker", "--once", "--json", "--webhook-network", "127.0.0.0/8")
        assert once.exit_code == 0, once.stderr
        assert json.loads(once.stdout)["done"]["webhooks"] == 2
        for got in there.got:
            Webhook(secret).verify(got.body, got.headers)
        listed = holdfast("webhooks", "deliveries", "e1", "--json")
        attempts = json.loads(listed.stdout)["attempts"]
        assert {each["kind"] for each in attempts} == {"EndpointTried", "OrderPlaced"}
        assert {(each["fate"], each["status"], each["number"]) for each in attempts} == {
            ("delivered", 200, 1)
        }
        rotated = holdfast("webhooks", "rotate", "e1", "--sign", "ed25519", "--json")
        [public] = json.loads(rotated.stdout)["secrets"]
        assert public.startswith("whpk_")
        for verb in (["change", "--all-kinds"], ["disable"], ["enable"], ["replay", "--since", "2026-01-01"]):
            done = holdfast("webhooks", verb[0], "e1", *verb[1:])
            assert done.exit_code == 0, done.stderr
        assert holdfast("webhooks", "remove", "e1", "--json").exit_code == 0
        assert secret not in holdfast("webhooks", "list", "--json").stdout


def test_what_failed_is_listed_and_what_waits(market: Delivering, holdfast: Holdfast) -> None:
    with receiver(lambda _got: Said(500)) as there:
        holdfast("webhooks", "add", "e1", there.url, "--kind", "OrderPlaced", "--kind", "OrderShipped")
        market.sell("o1", "o2")
        holdfast("worker", "--once", "--webhook-network", "127.0.0.1")
        first = json.loads(holdfast("webhooks", "waiting", "e1", "--limit", "3", "--json").stdout)
        assert [each["line"] for each in first["waiting"]].count("order:o1") == 2
        rest = json.loads(holdfast("webhooks", "waiting", "e1", "--after", first["next"], "--json").stdout)
        assert len(rest["waiting"]) == 1
        assert rest["next"] is None
        failed = holdfast("webhooks", "deliveries", "e1", "--fate", "failed", "--limit", "1")
        assert "failed  500" in failed.stdout
        assert "--after" in failed.stdout
        assert "failing since" in holdfast("webhooks", "list").stdout
        assert holdfast("webhooks", "deliveries", "e1", "--fate", "given_up").stdout.startswith("没有")


def test_an_address_of_ones_own_network_is_not_sent_to_unless_it_is_allowed(
    market: Delivering, holdfast: Holdfast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver() as there:
        holdfast("webhooks", "add", "e1", there.url)
        market.sell("o1")
        holdfast("worker", "--once")
        assert there.got == []
        assert "forbidden_address" in holdfast("webhooks", "deliveries", "e1").stdout
        holdfast("webhooks", "add", "e2", there.url)
        monkeypatch.setenv("HOLDFAST_WEBHOOK_NETWORKS", "10.0.0.0/8, 127.0.0.0/8")
        market.sell("o2")
        holdfast("worker", "--once")
        assert there.got


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["webhooks", "deliveries", "e9"], "not_found"),
        (["webhooks", "deliveries", "e1", "--fate", "lost"], "unknown_fate"),
        (["webhooks", "waiting", "e1", "--after", "x"], "bad_place"),
        (["webhooks", "replay", "e1", "--since", "soon"], "time_unreadable"),
        (["webhooks", "add", "e1", "https://a.example/"], "endpoint_exists"),
        (["worker", "--once", "--webhook-network", "here"], "bad_network"),
    ],
)
@pytest.mark.usefixtures("market")
def test_what_is_refused(holdfast: Holdfast, arguments: list[str], code: str) -> None:
    holdfast("webhooks", "add", "e1", "https://a.example/")
    refused = holdfast(*arguments, "--json")
    assert refused.exit_code == 1
    assert code in refused.stdout + refused.stderr
