"""A market with deliverers."""

from collections.abc import Generator

import pytest

from receivers import Delivering


@pytest.fixture
def market(migrated_url: str) -> Generator[Delivering]:
    """A market with parties and a policy."""
    made = Delivering(migrated_url)
    try:
        made.opened()
        yield made
    finally:
        made.close()
