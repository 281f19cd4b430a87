"""A small market as a file, for the tests of the commands, and what a replay of it answers."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

from holdfast.importers.plain_rows import FORM

Holdfast = Callable[..., Result]
"""Runs the command line with these arguments."""

GOOD = {
    "order_id": "o1",
    "merchant_id": "m1",
    "consumer_id": "c1",
    "currency": "CNY",
    "amount": "120.50",
    "placed_at": "2024-03-01T10:00:00Z",
    "shipped_at": "2024-03-02T10:00:00Z",
    "delivered_at": "2024-03-04T10:00:00Z",
    "title": "a kettle",
}


def write_market(path: Path, *rows: dict[str, str]) -> Path:
    """Write rows, each the good one with changes, as a CSV file of our own form."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(FORM.columns), restval="")
        writer.writeheader()
        writer.writerows({**GOOD, **row} for row in rows)
    return path


def market(path: Path, orders: int = 12) -> Path:
    """Write a market of three merchants whose orders come a day apart."""
    rows = [
        {
            "order_id": f"o{number}",
            "merchant_id": f"m{number % 3}",
            "consumer_id": f"c{number}",
            "placed_at": f"2024-03-{number + 1:02}T10:00:00Z",
            "shipped_at": f"2024-03-{number + 2:02}T10:00:00Z",
            "delivered_at": f"2024-03-{number + 4:02}T10:00:00Z",
        }
        for number in range(orders)
    ]
    return write_market(path, *rows)


def figures(result: Result, code: int = 0) -> list[dict[str, object]]:
    """The policies of a JSON answer, without the time that they took."""
    assert result.exit_code == code, result.stderr
    policies = json.loads(result.stdout)["policies"]
    for policy in policies:
        policy.pop("seconds")
    return policies
