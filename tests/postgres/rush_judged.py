"""A rush begun from a test, and its end judged: each key once, and every answer there."""

import json
import subprocess
import sys
from pathlib import Path

import rush

from holdfast.audit.checks import audit
from holdfast.journal.requests import SEPARATOR, Request
from holdfast.kernel.refusal import Refusal
from holdfast.ledger.model import Account, MoneyMoved
from holdfast.parties.model import Consumer
from holdfast.postgres.home import Postgres
from holdfast.settlement.facts import DepositPaid, FundCapitalised
from holdfast.settlement.model import CapitaliseFund, PayDeposit
from waiting import GUARD_SECONDS

HEALING = frozenset(code for code, kind in Refusal.registry.items() if kind.sort.heals)
"""Refusals that are not kept under their key."""

COUNT = 500
"""Commands of a stream."""


def begin(
    url: str, stream: int, worker: int, log: Path, lives: int = 0, *, in_turns: bool = False
) -> subprocess.Popen[str]:
    """Begin a worker; in turns, each batch waits for a byte of its standard input."""
    arguments = [url, str(stream), str(COUNT), str(worker), str(log), str(lives)]
    return subprocess.Popen(
        [sys.executable, rush.__file__, *arguments],
        stdin=subprocess.PIPE if in_turns else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def killed(worker: subprocess.Popen[str]) -> int:
    """Wait for a worker, and return how many of its lives were ended by a kill."""
    out, errors = worker.communicate(timeout=GUARD_SECONDS)
    assert worker.returncode == 0, errors
    return json.loads(out)["killed"]


def check_each_key_once(home: Postgres, logs: list[Path], streams: set[int]) -> None:
    """Compare what was answered with what is there, and what is there with what was sent."""
    sent = [submission for stream in streams for submission in rush.plan(stream, COUNT)]
    stored = {request.id.rpartition(SEPARATOR)[2]: request for request in home.rows(Request)}
    healed: set[str | None] = set()
    for log in logs:
        logged = [answer for batch in rush.read_log(log) for answer in batch]
        assert len(logged) == COUNT
        for key, _, fact_ids, code in logged:
            if code in HEALING:  # such an answer is not kept: the key may be sent again
                healed.add(key)
                continue
            assert stored[key].fact_ids == fact_ids
            refusal = stored[key].refusal
            assert code == (None if refusal is None else refusal.code)
    assert {submission.key for submission in sent} <= set(stored) | healed
    assert audit(home).findings == []
    facts = [fact.body for fact in home.facts()]
    deposits = [submission for submission in sent if isinstance(submission.command, PayDeposit)]
    capital = [submission for submission in sent if isinstance(submission.command, CapitaliseFund)]
    assert sum(isinstance(body, DepositPaid) for body in facts) == len(deposits)
    assert sum(isinstance(body, FundCapitalised) for body in facts) == len(capital)
    fund = home.row(Account, "fund/CNY")
    assert fund is not None
    assert fund.posted_minor >= len(capital) * rush.CAPITAL_MINOR
    moved = [body.transfer_id for body in facts if isinstance(body, MoneyMoved)]
    assert len(moved) == len(set(moved))
    for consumer in home.rows(Consumer):
        assert consumer.outstanding_minor <= consumer.limit_minor
