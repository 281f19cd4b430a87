"""Passwords: their hashes, what is refused, and that nobody's costs as much as somebody's."""

import pytest
from argon2 import PasswordHasher

from holdfast.access.rules import check_password_hash
from holdfast.kernel.refusal import Refusal
from holdfast.sign_in import passwords

GOOD = "correct horse battery"


def test_a_password_is_compared_with_its_hash() -> None:
    known = passwords.hashed(GOOD)
    check_password_hash(known)
    assert GOOD not in known
    assert passwords.hashed(GOOD) != known
    assert passwords.compare(GOOD, known) == passwords.Compared(right=True)
    assert passwords.compare(GOOD + "!", known) == passwords.Compared(right=False)


def test_a_password_is_the_same_from_every_keyboard() -> None:
    composed, apart = "caf\u00e9 et la cr\u00e8me", "cafe\u0301 et la cre\u0300me"
    assert passwords.compare(apart, passwords.hashed(composed)).right


def test_a_hash_of_weaker_parameters_is_made_anew() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    compared = passwords.compare(GOOD, weak)
    assert compared.right
    check_password_hash(compared.rehashed)
    assert passwords.compare(GOOD, compared.rehashed) == passwords.Compared(right=True)
    assert passwords.compare("wrong", weak) == passwords.Compared(right=False)


@pytest.mark.parametrize("known", [None, "", "no hash"])
def test_nobody_has_no_password(known: str | None) -> None:
    for password in ("", "nobody has this password", GOOD):
        assert not passwords.compare(password, known).right


def test_what_is_longer_than_a_password_may_be_is_none() -> None:
    longest = "ab cd ef gh " * 20
    assert not passwords.compare(
        longest[: passwords.MOST + 1], passwords.hashed(longest[: passwords.MOST])
    ).right


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "fewer than"),
        ("x" * 201, "more than"),
        ("abababababababab", "same few"),
        ("my name is Wu Li-88", "the account"),
    ],
)
def test_what_could_be_guessed_is_refused(password: str, why: str) -> None:
    with pytest.raises(Refusal) as refusal:
        passwords.check(password, "wu li-88")
    assert refusal.value.code == "weak_password"
    assert why in str(refusal.value)
    assert password not in str(refusal.value)


def test_words_that_have_nothing_to_do_with_each_other_are_taken() -> None:
    passwords.check(GOOD, "wu")
    passwords.check("马厩里正确的电池订书钉哦呀", "wu")
