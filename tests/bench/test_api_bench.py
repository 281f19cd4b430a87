"""`holdfast bench api`: figures have their shape and a floor, and nothing is left behind. Never a speed."""

import json
import socket
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random

import pytest
from typer.testing import CliRunner

from holdfast.bench import market
from holdfast.bench.api import killed, lasting, rates
from holdfast.bench.api.asked import Asked, Placing, Reading, get
from holdfast.bench.api.callers import Answer, call
from holdfast.bench.api.core import wanted
from holdfast.bench.figure import API_TARGETS
from holdfast.cli.bench import app
from holdfast.service.running import Address

FIELDS = ["name", "value", "unit", "floor", "ratio", "target", "met"]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOLDFAST_DATA", raising=False)
    monkeypatch.delenv("HOLDFAST_DATABASE_URL", raising=False)
    monkeypatch.setattr(rates, "QUICK", rates.Turns(0.05, 0.1, 2))
    monkeypatch.setattr(killed, "QUICK", killed.Kills(1, 70))
    monkeypatch.setattr(lasting, "_LOOK_SECONDS", 0.05)
    for name in ("MERCHANTS", "CONSUMERS"):
        monkeypatch.setattr(market, name, 200)


def test_the_service_is_measured_and_nothing_is_left(database_url: str) -> None:
    told = CliRunner().invoke(
        app, ["api", "--quick", "--minutes", "0.02", "--database-url", database_url, "--json"]
    )
    assert told.exit_code == 0, told.stderr
    figures = json.loads(told.stdout)
    assert [figure["name"] for figure in figures] == list(API_TARGETS)
    by_name = {figure["name"]: figure for figure in figures}
    for figure in figures:
        assert list(figure) == FIELDS
        assert figure["target"] == API_TARGETS[figure["name"]].value
    for name in ("lost", "doubled", "errors"):
        assert (by_name[name]["value"], by_name[name]["met"]) == (0, True)
    assert by_name["lost"]["floor"] >= 70
    for name in ("http_place_order_per_s", "http_read_per_s", "idle_mb"):
        assert by_name[name]["value"] > 0 < by_name[name]["floor"]


def test_what_is_measured_is_chosen() -> None:
    assert wanted((), quick=True, minutes=0).lacks_minutes
    assert not wanted(["lost"], quick=True, minutes=0).lacks_minutes
    refused = CliRunner().invoke(app, ["api", "--only", "speed", "--json"])
    assert json.loads(refused.stdout)["refusal"]["code"] == "unknown_figure"


def test_a_load_that_is_refused_is_no_figure() -> None:
    refusal = rates.refused(Answer(500, b"why", 0.1))
    assert (refusal.code, refusal.details["said"]) == ("load_refused", "why")
    missing = answering(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
    with missing as place, pytest.raises(rates.LoadRefused):
        rates.taken(place, lambda: Asked(get("/"), ""), 1, 60)


def test_orders_are_sent_as_the_service_reads_them() -> None:
    asked = Placing(Random(1), "x-").next()
    head, _, body = asked.sent.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert json.loads(body)["order_id"] == asked.order_id == "x-order-0000000001"
    assert "type" not in json.loads(body)
    many = json.loads(Placing(Random(1)).batch(3).sent.partition(b"\r\n\r\n")[2])
    assert {each["operation"] for each in many["commands"]} == {"PlaceOrder"}
    assert Reading(Random(1), ["a"]).next().sent.startswith(b"GET /v1/orders/a HTTP/1.1\r\n")


@contextmanager
def answering(*parts: bytes) -> Generator[Address]:
    """Take one connection, and send these parts in answer to what comes on it: then close it."""
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as threads:
        served = threads.submit(_answer, server, parts)
        yield Address(*server.getsockname()[:2])
        served.result()


def _answer(server: socket.socket, parts: tuple[bytes, ...]) -> None:
    connection, _ = server.accept()
    with connection:
        for part in parts:
            connection.recv(1 << 16)
            connection.sendall(part)


def heard_of(place: Address, times: int) -> list[Answer | None]:
    heard: list[Answer | None] = []
    coming = iter([Asked(get("/"), "")] * times)
    call(place, lambda: next(coming, None), lambda _, answer: heard.append(answer), 1)
    return heard


def test_a_caller_asks_again_until_it_is_told_to_end_or_its_connection_is_lost() -> None:
    whole = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nx: y\r\n\r\nok"
    with answering(whole, whole) as place:
        assert [(each.status, each.body) for each in heard_of(place, 2) if each] == [(201, b"ok")] * 2
    with answering(whole, whole[:-1]) as place:
        first, second = heard_of(place, 5)
        assert first is not None
        assert second is None
