"""Any request: what the document describes is asked in thousands of ways, and so is each answer described.

Schemathesis makes requests from the document, such as fit it and such as do not. It asks a service of its
own, over a socket, that knows what examples name.
"""

import subprocess
import sys
from pathlib import Path

import credentials
import httpx
import pytest
from http_asking import ANNA, SHOP, order
from test_serving_process import serving, shop_system

from holdfast.kernel.actor import Role
from holdfast.kernel.clock import SystemClock
from thorough import EXPLORING, examples

_SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")

_NOT_CHECKED = "positive_data_acceptance"
"""A schema says what a command looks like; whether it is taken hangs on what has happened before."""


@pytest.mark.long
@pytest.mark.skipif(not EXPLORING, reason="minutes of requests that chance draws: `make explore` has them")
@pytest.mark.parametrize("role", [Role.MARKETPLACE])
def test_every_answer_is_one_that_the_document_describes(
    migrated_url: str, tmp_path: Path, role: Role
) -> None:
    with serving(migrated_url, "--provider", "sandbox") as (_, address):
        headers = shop_system(migrated_url)
        for path, body in (("merchants", SHOP), ("consumers", ANNA), ("orders", order())):
            assert httpx.post(f"{address}/v1/{path}", json=body, headers=headers).status_code == 201
        with credentials.over(migrated_url, SystemClock()) as callers:
            who = headers if role is Role.MARKETPLACE else callers.of_person(f"some-{role}", role, None)
        ran = subprocess.run(
            [
                *(str(_SCHEMATHESIS), "run", f"{address}/v1/openapi.json", "--no-color"),
                *("--header", f"Authorization: {who['Authorization']}"),
                *("--phases", "examples,coverage,fuzzing"),
                *("--exclude-checks", _NOT_CHECKED, "--suppress-health-check", "all"),
                *(
                    "--continue-on-failure",
                    "--max-examples",
                    str(examples(10)),
                    "--generation-database",
                    "none",
                ),
                *("--warnings", "off"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr
