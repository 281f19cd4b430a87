"""A market in a database, for logs of its facts."""

from collections.abc import Iterator
from random import Random

import pytest

from histories import START, opening, policy
from holdfast.engine.execution import Submission
from holdfast.kernel.ids import Ids
from holdfast.postgres.home import Postgres


@pytest.fixture
def home(database_url: str) -> Iterator[Postgres]:
    with Postgres.open(database_url, ids=Ids(Random(1)), guard=None) as opened:
        opened.adopt(policy("full"), START)
        opened.run([Submission(command, START) for command in opening()])
        yield opened
