"""Words for people, in 中文 and in English: they stand beside what they name."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Literal, NamedTuple, Self
from unicodedata import east_asian_width

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, Language] = ("zh", "en")


class Text(NamedTuple):
    """The same in both languages.

    Places in braces are filled with fields of what is told, `{actor}` with who acted.
    """

    zh: str
    en: str

    def of(self, language: Language) -> str:
        """Return it in one language."""
        return self.zh if language == "zh" else self.en

    def fill(self, **parts: object) -> "Text":
        """Return the text with its `{places}` filled; a part that is a text, in each language its own."""
        if not any(isinstance(part, Text) for part in parts.values()):
            return Text(self.zh.format_map(parts), self.en.format_map(parts))
        return Text(*(self.of(language).format_map(_own(parts, language)) for language in LANGUAGES))

    def line(self) -> str:
        """Return both languages in one line, the Chinese first: 编号 / an id."""
        return self.zh if self.zh == self.en else f"{self.zh} / {self.en}"


def _own(parts: dict[str, object], language: Language) -> dict[str, object]:
    return {name: part.of(language) if isinstance(part, Text) else part for name, part in parts.items()}


def same(text: object) -> Text:
    """Return a text that reads the same in both languages: a name, a date, an id."""
    return Text(str(text), str(text))


def each(written: Callable[[Language], str]) -> Text:
    """Return what `written` gives for each language."""
    return Text(written("zh"), written("en"))


def listed(parts: Iterable[Text]) -> Text:
    """Join texts: `甲、乙、丙`, `a, b and c`."""
    found = tuple(parts)
    *head, tail = [part.en for part in found]
    return Text("、".join(part.zh for part in found), f"{', '.join(head)} and {tail}" if head else tail)


def sentences(*parts: Text) -> Text:
    """Set whole sentences one after the other."""
    return Text("".join(part.zh for part in parts), " ".join(part.en for part in parts if part.en))


def meant(name: str | None) -> Text:
    """Return the question that names what was meant perhaps; nothing where nothing is near."""
    return same("") if name is None else Text(f"是否指 {name}？", f"Did you mean {name}? ")


def width(text: str) -> int:
    """Return how many columns a text takes on a terminal: a sign of Chinese takes two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def padded(text: str, columns: int) -> str:
    """Return a text with spaces behind it, so that it takes so many columns."""
    return text + " " * (columns - width(text))


class Named(StrEnum):
    """A value that people are shown: each is written with its word in 中文, and in English.

    Where none is said in English, the word is the value itself, without what joins its parts.
    """

    called: Text

    def __new__(cls, value: str, zh: str, en: str = "") -> Self:
        """Make a value with its words."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.called = Text(zh, en or value.replace("_", " "))
        return member
