"""Ctrl-C in the midst of a play leaves whole transactions, from which it goes on."""

import json
import subprocess
import sys

import interrupted
from two_homes import constant_ids

from holdfast.audit.checks import audit
from holdfast.postgres.home import Postgres
from holdfast.postgres.progress import Progress
from holdfast.postgres.tables import TABLES
from waiting import GUARD_SECONDS


def test_a_play_that_is_interrupted_again_and_again_ends_like_one_in_one_go(migrated_url: str) -> None:
    ran = subprocess.run(
        [sys.executable, interrupted.__file__, migrated_url],
        capture_output=True,
        text=True,
        timeout=GUARD_SECONDS,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    ends = told["ends"]
    assert told["findings"] == []
    assert ends == [interrupted.INTERRUPTED] * interrupted.LIVES + [0], ran.stderr
    expected = interrupted.in_one_go()
    with Postgres.open(migrated_url, ids=constant_ids(), timeline="interrupted") as home:
        assert audit(home).findings == []
        progress = home.progress()
        assert progress is not None
        assert progress.done
        assert list(home.facts()) == list(expected.facts())
        for kind in TABLES.keys() - {Progress}:
            assert list(home.rows(kind)) == list(expected.rows(kind))
