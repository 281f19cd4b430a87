"""Keys for which anybody can sign: no vkey is one of them."""

import base64

import pytest

from holdfast.trail.keys import COSIGNATURE_ED25519, ED25519, VerifierKey, ed25519_verifies, parse_vkey
from holdfast.trail.note import BadNote

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def doubled(x: int, y: int) -> tuple[int, int]:
    product = D * x * x * y * y
    return 2 * x * y * pow(1 + product, -1, P) % P, (y * y + x * x) * pow(1 - product, -1, P) % P


def x_of(y: int) -> int:
    """A square root of (y² - 1) / (dy² + 1): of the curve's equation."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    if root * root % P != square:
        root = root * pow(2, (P - 1) // 4, P) % P
    assert root * root % P == square
    return root


EIGHTH = int("5fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826", 16)
ALL = [0, 1, EIGHTH, P - EIGHTH, P - 1, P, P + 1]


@pytest.mark.parametrize("kind", [ED25519, COSIGNATURE_ED25519])
@pytest.mark.parametrize("y", ALL)
@pytest.mark.parametrize("sign", [0, 1])
def test_no_key_is_of_a_small_order(kind: int, y: int, sign: int) -> None:
    x, found = x_of(y % P), y % P
    for _ in range(3):
        x, found = doubled(x, found)
    assert (x, found) == (0, 1)
    key = VerifierKey("log.example/x", kind, (y | sign << 255).to_bytes(32, "little"))
    with pytest.raises(BadNote, match="anybody"):
        parse_vkey(key.encode())


def test_why() -> None:
    """A signature of nobody's, on whatever: R is the neutral point, S is 0."""
    neutral = (1).to_bytes(32, "little")
    assert ed25519_verifies(neutral, b"whatever", neutral + bytes(32))
    assert base64.b64encode(neutral).startswith(b"AQAA")
