"""Tokens: their form, what is kept of them, and that what is shown of one does not open."""

import re

import pytest

from holdfast.access import tokens
from holdfast.access.tokens import Kind


@pytest.mark.parametrize("kind", Kind)
def test_a_token_is_read_as_it_was_made(kind: Kind) -> None:
    token = tokens.make(kind)
    assert tokens.parse(token.text()) == token
    assert re.fullmatch(rf"{kind}_[0-9a-v]{{20}}_[0-9A-Za-z]{{43}}", token.text())
    assert tokens.matches(token.secret, tokens.hashed(token.secret))


def test_no_two_are_the_same_and_no_other_secret_matches() -> None:
    made = [tokens.make(Kind.LIVE) for _ in range(200)]
    assert len({token.id for token in made}) == len({token.secret for token in made}) == 200
    known = tokens.hashed(made[0].secret)
    assert not any(tokens.matches(token.secret, known) for token in made[1:])


def test_what_is_printed_of_a_token_has_no_secret() -> None:
    token = tokens.make(Kind.SESSION)
    for shown in (repr(token), str(token), f"{token}"):
        assert token.secret not in shown
        assert token.id in shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hf_live",
        "hf_live__",
        "hf_prod_" + "0" * 20 + "_" + "x" * 43,
        "hf_live_" + "0" * 15 + "_" + "x" * 43,
        "hf_live_" + "w" * 20 + "_" + "x" * 43,
        "hf_live_" + "0" * 20 + "_" + "x" * 42,
        "hf_live_" + "0" * 20 + "_" + "x" * 44,
        "hf_live_" + "0" * 20 + "_" + "x" * 43 + "\n",
        " hf_live_" + "0" * 20 + "_" + "x" * 43,
        "hf_live_" + "٠" * 20 + "_" + "x" * 43,
        "hf_live_" + "0" * 20 + "_" + "é" * 43,
    ],
)
def test_what_has_another_form_is_no_token(text: str) -> None:
    assert tokens.parse(text) is None
