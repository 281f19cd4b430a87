"""Servers that no setting of whoever runs the tests points elsewhere."""

import pytest


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOLDFAST_DATA", raising=False)
    monkeypatch.delenv("HOLDFAST_DATABASE_URL", raising=False)
