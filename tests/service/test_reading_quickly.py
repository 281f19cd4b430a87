"""A body that is read quickly is read as if it were looked at closely, and never instead of a refusal."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from holdfast.service import bodies
from holdfast.service.refusals import BadField, BadJson, MissingField, UnknownField

NAMES = [
    "",
    "a",
    "b",
    ":",
    "a:",
    "\\u0061",
    "\\u003a",
    "\\u003A",
    'a\\"',
    "{",
    "[\\\\",
    "键",
    "\\ud83d\\ude00",
    "\\udc00",
]
SCALARS = [
    "1",
    "-0",
    "1.50",
    "1e5",
    "1e999",
    "01",
    "9" * 30,
    "true",
    "null",
    "NaN",
    "-",
    "",
    *(f'"{each}"' for each in NAMES),
]
SPACES = ["", " ", "\n", "\t", "\ufeff", "\x0c"]


def texts() -> st.SearchStrategy[str]:
    """Give texts that are JSON, or nearly."""
    rare_space = st.sampled_from([""] * 10 + SPACES)

    def objects(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        pairs = st.tuples(rare_space, st.sampled_from(NAMES), rare_space, parts)
        return st.lists(pairs.map(lambda pair: f'{pair[0]}"{pair[1]}":{pair[2]}{pair[3]}'), max_size=4).map(
            lambda found: "{" + ",".join(found) + "}"
        )

    def arrays(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.lists(parts, max_size=3).map(lambda found: "[" + ",".join(found) + "]")

    within = st.recursive(
        st.sampled_from(SCALARS), lambda parts: objects(parts) | arrays(parts), max_leaves=12
    )
    return objects(within)


@given(texts())
def test_what_is_read_quickly_is_what_is_read_closely(text: str) -> None:
    raw = text.encode()
    quickly = bodies._sound(raw)  # pyright: ignore[reportPrivateUsage]
    if quickly is None:
        return
    closely = bodies._read_closely(raw, bodies.DEPTH)  # pyright: ignore[reportPrivateUsage]
    assert repr(quickly) == repr(closely)


@given(st.binary(max_size=40) | texts().map(str.encode))
def test_whatever_is_sent_is_read_or_refused(raw: bytes) -> None:
    for read in (bodies.read_object, bodies.read_many):
        with suppress(BadJson, BadField, MissingField, UnknownField):
            read(raw)


def test_most_bodies_are_read_quickly() -> None:
    for raw in (b"{}", b'{"a": {"b": [1, {"c": "d:e"}]}, "f": "\\n"}', '{"键": "值"}'.encode()):
        assert bodies._sound(raw) is not None  # pyright: ignore[reportPrivateUsage]
