"""What an id may hold: two that look alike are not two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.kernel.identity import flaw, settled


@pytest.mark.parametrize("text", ["a", "order-7/1", "订单7", "Café", "x" * 128, "\U0001f9f5"])
def test_ids(text: str) -> None:
    assert flaw(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("x" * 129, "has 129 characters, 128 are the most"),
        ("a b", "holds a space"),
        (" a", "holds a space"),
        ("Cafe\u0301", "has another form of what Unicode's NFKC writes as 'Café'"),
        ("Ｌｉ", "has another form of what Unicode's NFKC writes as 'Li'"),
        ("zhou\u200b", "holds characters that do not print"),
        ("zhou\u00a0", "holds characters that do not print"),
        ("zhou\u3164", "holds characters that do not print"),
        ("zhou\ufe0f", "holds characters that do not print"),
        ("zhou\u2800", "holds characters that do not print"),
        ("tab\t", "holds characters that do not print"),
    ],
)
def test_what_is_no_id(text: str, reason: str) -> None:
    found = flaw(text)
    assert found is not None
    assert found.en == reason


@given(st.text(max_size=60))
def test_what_is_settled_has_one_form(text: str) -> None:
    once = settled(text)
    assert settled(once) == once
    assert "NFKC" not in str(flaw(once))
