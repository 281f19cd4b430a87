"""The bounded cache: what was used last is in it, and it never grows beyond its bound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.postgres.recent import Recent

USES = st.lists(st.tuples(st.booleans(), st.integers(0, 12), st.integers()), max_size=80)


@given(st.integers(1, 6), USES)
def test_the_last_are_there_as_they_were_set_and_at_most_twice_as_many(
    most: int, uses: list[tuple[bool, int, int]]
) -> None:
    found = Recent[int, int](most)
    truth: dict[int, int] = {}
    last: list[int] = []
    for sets, key, value in uses:
        if sets:
            found[key] = truth[key] = value
        elif key in found:
            assert found[key] == truth[key]
        else:
            with pytest.raises(KeyError):
                found[key]
            continue
        last = [key, *(each for each in last if each != key)]
        assert len(found) <= 2 * most
        assert all(each in found for each in last[:most])


def test_nothing_is_left_of_what_was_cleared() -> None:
    found = Recent[str, int](1)
    found["a"], found["b"] = 1, 2
    assert len(found) == 2
    found.clear()
    assert len(found) == 0
    assert "a" not in found
    assert "b" not in found
