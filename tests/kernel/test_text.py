"""Words in both languages: each is filled with its own."""

from typing import Any

import msgspec
import pytest

from holdfast.kernel.text import LANGUAGES, Named, Text, listed, meant, same


class Colour(Named):
    DARK_RED = "dark_red", "深红"
    BLUE = "blue", "蓝", "as the sky"


class Painted(msgspec.Struct):
    colour: Colour


def test_a_part_that_is_a_text_goes_into_each_language_in_its_own() -> None:
    pattern = Text("{what}在 {at}", "{what} at {at}")
    assert pattern.fill(what=Text("门", "the door"), at=3) == Text("门在 3", "the door at 3")
    assert pattern.fill(what="x", at=3) == Text("x在 3", "x at 3")
    assert [pattern.of(language) for language in LANGUAGES] == list(pattern)


def test_what_is_named_has_its_words_and_is_its_value_everywhere_else() -> None:
    assert Colour.DARK_RED.called == Text("深红", "dark red")
    assert Colour.BLUE.called == Text("蓝", "as the sky")
    assert f"{Colour.BLUE}" == "blue"
    assert Colour("dark_red") is Colour.DARK_RED
    encoded = msgspec.json.encode(Painted(Colour.DARK_RED))
    assert encoded == b'{"colour":"dark_red"}'
    assert msgspec.json.decode(encoded, type=Painted).colour is Colour.DARK_RED


def test_a_value_without_its_word_cannot_be_written() -> None:
    def forgotten() -> Any:
        return Named("Forgotten", {"ONE": "one"})

    with pytest.raises(TypeError):
        forgotten()


def test_texts_are_joined_as_each_language_does() -> None:
    one, two = Text("甲", "a"), Text("乙", "b")
    assert listed([one]) == one
    assert listed([one, two, same("c")]) == Text("甲、乙、c", "a, b and c")
    assert same("x").line() == "x"
    assert one.line() == "甲 / a"
    assert meant(None) == same("")
