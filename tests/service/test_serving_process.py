"""The process of a service: it serves, ends in good order, and loses nothing when it is killed."""

import json
import signal
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from random import Random

import credentials
import httpx
import pytest
from http_asking import ANNA, SHOP, order
from typer.testing import CliRunner

from holdfast.access.model import Scope
from holdfast.cli import app
from holdfast.kernel.actor import Role
from holdfast.kernel.clock import SystemClock
from holdfast.kernel.ids import Ids
from holdfast.orders.model import Order
from holdfast.postgres.home import Postgres
from waiting import wait_for


@contextmanager
def serving(url: str, *more: str) -> Generator[tuple["subprocess.Popen[str]", str]]:
    """Start a service, and give its process and its address once it takes requests."""
    command = [sys.executable, "-m", "holdfast.cli", "serve", "--port", "0", "--json", *more]
    with subprocess.Popen(
        [*command, "--database-url", url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = "".join(iter(process.stdout.readline, "}\n")) + "}"
        address = json.loads(said)["address"]
        wait_for(lambda: is_ready(address), lambda: process.poll() is None)
        try:
            yield process, address
        finally:
            process.kill()


def is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/ready").status_code == 200
    except httpx.ConnectError:
        return False


def shop_system(url: str) -> dict[str, str]:
    """Return the headers of the platform's shop system."""
    with credentials.over(url, SystemClock()) as callers:
        return callers.of_machine(Role.MARKETPLACE, None, tuple(Scope))


def placed_until(address: str, headers: dict[str, str], first: int, stop: list[None]) -> list[str]:
    """Place orders one after the other until the service is gone; return those that it has acknowledged."""
    acknowledged: list[str] = []
    with httpx.Client(base_url=address, headers=headers) as client:
        for number in range(first, first + 100_000):
            try:
                answer = client.post("/v1/orders", json=order(number, amount_minor=1))
            except httpx.TransportError:
                return acknowledged
            if answer.status_code != 201:
                assert answer.json()["code"] == "stopped"
                return acknowledged
            acknowledged.append(f"shop1~{number}")
            stop.append(None)
    return acknowledged


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_service_that_is_ended_has_lost_nothing(migrated_url: str, ending: signal.Signals) -> None:
    with (
        serving(migrated_url, "--provider", "sandbox") as (process, address),
        ThreadPoolExecutor(4) as threads,
    ):
        headers = shop_system(migrated_url)
        for path, body in (("merchants", SHOP), ("consumers", ANNA)):
            assert httpx.post(f"{address}/v1/{path}", json=body, headers=headers).status_code == 201
        done: list[None] = []
        asking = [
            threads.submit(placed_until, address, headers, number * 100_000, done) for number in range(4)
        ]
        wait_for(lambda: len(done) > 40, lambda: process.poll() is None)
        process.send_signal(ending)
        acknowledged = {key for each in asking for key in each.result()}
        _, err = process.communicate()
    if ending is not signal.SIGKILL:
        assert process.returncode == 0, err
    with closing(Postgres(migrated_url, None, Ids(Random(1)))) as home:
        kept = {row.id for row in home.rows(Order)}
    assert len(acknowledged) > 40
    assert acknowledged <= kept
    if ending is not signal.SIGKILL:
        assert acknowledged == kept, "what was taken was answered"
    else:
        assert len(kept - acknowledged) <= 4, "one for each who was not answered any more"


def refused(url: str, *more: str) -> str:
    told = CliRunner().invoke(app, ["serve", "--database-url", url, "--json", *more])
    return json.loads(told.stdout)["refusal"]["code"]


def test_what_is_not_served(migrated_url: str, database_url: str) -> None:
    for host in ("0.0.0.0", "192.0.2.1", "::", "example.org"):  # noqa: S104 - it is refused
        assert refused(migrated_url, "--host", host) == "not_loopback"
    assert refused(migrated_url, "--provider", "bank") == "unknown_provider"
    assert refused(database_url, "--port", "0") == "database_empty"
    assert refused(migrated_url, "--port", "0", "--policy", "nonsense") == "bad_release_policy"
    with serving(migrated_url, "--no-worker") as (_, address):
        port = address.rpartition(":")[2]
        assert refused(migrated_url, "--port", port) == "address_taken"
