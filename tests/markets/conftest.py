"""Sandboxes in a database of a test's own."""

import pytest

from holdfast.markets.model import Market
from sandboxes import made


@pytest.fixture
def sandbox(migrated_url: str) -> Market:
    """A sandbox whose clock stands at the start, with nobody in it yet."""
    return made(migrated_url, "kettles")
