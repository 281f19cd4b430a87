"""The service over a database of a test's own."""

from collections.abc import Iterator

import pytest
from http_asking import Http, served


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOLDFAST_DATA", raising=False)
    monkeypatch.delenv("HOLDFAST_DATABASE_URL", raising=False)


@pytest.fixture
def http(migrated_url: str) -> Iterator[Http]:
    """The service, with a policy in force and nobody in it yet."""
    with served(migrated_url) as opened:
        yield opened


@pytest.fixture
def shop(http: Http) -> Http:
    """The service, with a shop and a consumer."""
    http.parties()
    return http
