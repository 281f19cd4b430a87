"""docs/service.md is followed: its lines of curl are run against a service, and answered as it says."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import credentials
import pytest
from test_serving_process import serving

from holdfast.access.model import Scope
from holdfast.kernel.actor import Role
from holdfast.kernel.clock import SystemClock

PAGE = Path(__file__).parents[2] / "docs" / "service.md"
LINE = re.compile(r"^(curl .*)\n# (\d{3})$", re.MULTILINE)


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl to follow the page with")
def test_the_page_is_as_the_service_answers(migrated_url: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    lines = LINE.findall(page)
    assert len(lines) == page.count("\ncurl ") > 10
    with serving(migrated_url) as (_, address):
        with credentials.over(migrated_url, SystemClock()) as callers:
            who = {
                "KEY": callers.of_machine(Role.MARKETPLACE, None, tuple(Scope)),
                "ARBITER": callers.of_person("li", Role.ARBITER, None),
            }
        tokens = {name: said["Authorization"].removeprefix("Bearer ") for name, said in who.items()}
        found = [(line, said(line.replace("http://127.0.0.1:8080", address), tokens)) for line, _ in lines]
    assert found == lines


def said(line: str, tokens: dict[str, str]) -> str:
    """Return the status that a line of curl is answered with."""
    asked = f"{line} -o /dev/null -w '%{{http_code}}'"
    found = subprocess.run(
        ["bash", "-c", asked], env={**os.environ, **tokens}, check=True, capture_output=True, text=True
    )
    return found.stdout


def test_the_page_names_the_bounds_as_they_are() -> None:
    from holdfast.engine.front import WAITING as COMMANDS
    from holdfast.service import running
    from holdfast.service.admission import Rates
    from holdfast.service.asking import MOST
    from holdfast.service.readers import WAITING
    from holdfast.service.service import LIMITS

    page = PAGE.read_text(encoding="utf-8")
    assert f"| {running.CONNECTIONS:,} |" in page
    assert f"| {COMMANDS:,} |" in page
    assert f"| {WAITING} |" in page
    assert f"up to {MOST} items" in page
    whole, batch = LIMITS.body_bytes >> 20, LIMITS.batch_bytes >> 20
    assert f"| {whole} MiB (a batch {batch} MiB), {LIMITS.body_seconds} s |" in page
    assert f"up to {LIMITS.batch:,} commands of one request" in page
    assert f"| {LIMITS.batch:,} |" in page
    rates = Rates()
    for rate in (rates.machines, rates.owners, rates.people, rates.failures):
        assert f"| {rate.per_second:,} | {rate.burst:,} |" in page
    assert f"Of one caller {rates.together} requests" in page
    assert f"| {running.HEADER_BYTES >> 10} KiB, {running.HEADER_MILLISECONDS // 1_000} s |" in page
