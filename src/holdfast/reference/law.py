"""The duties that laws lay on software, each with its rule and its test, or what is planned, or why none.

`duties/texts.toml` names the legal texts; each other file is one duty, a table of its rules. What a file says
is read here, and must be complete; that what it names exists is a test's to see.
"""

import re
from enum import StrEnum
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_TEXTS = "texts.toml"
_CITATION = re.compile(r"(?P<text>\d+(?=:)|\D.*?):? (?P<articles>\d.*)")
_QUOTES = re.compile(r"[「」『』“”《]")


class State(StrEnum):
    """How far a rule is."""

    DONE = "done"
    PARTLY = "partly"
    PLANNED = "planned"
    NOT_SOFTWARE = "not_software"


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence in both languages."""

    zh: str
    en: str


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A legal text. `key` is what citations call it, `name` what readers do, `of` the date of its version.

    `seen` says whether its words were seen: where they were not, what others say of it is a lead, unverified.
    """

    key: str
    name: str
    of: str
    seen: bool = True


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a law asks for, in our own words, with its articles, and what became of it.

    `done` says what the code does: `rules`, as `module:function`, checked by `tests`, as `file::test`.
    `planned` is what is still to come, `not_software` why no software can, of all of it or of the rest.
    """

    articles: tuple[str, ...]
    says: Words
    done: Words | None = None
    rules: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    planned: Words | None = None
    not_software: Words | None = None

    def __post_init__(self) -> None:
        """Refuse a rule of which nothing is said, or something without its proof.

        Raises:
            ValueError: it is incomplete.
        """
        if not self.articles:
            raise ValueError("a rule names its articles")
        if len({self.done is None, not self.rules, not self.tests}) > 1:
            raise ValueError(f"{self.articles}: what is done, its rules and its tests go together")
        if self.done is None and self.planned is None and self.not_software is None:
            raise ValueError(f"{self.articles}: say what is done, what is planned, or why it is not software")

    @property
    def state(self) -> State:
        """Return how far it is."""
        if self.done is not None:
            return State.DONE if self.planned is None else State.PARTLY
        return State.NOT_SOFTWARE if self.planned is None else State.PLANNED


class Duty(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A duty and its rules."""

    name: Words
    rules: tuple[Rule, ...]


class Law(NamedTuple):
    """All that the files say: the texts by their keys, and the duties in their order."""

    texts: dict[str, Text]
    duties: tuple[Duty, ...]

    def rules(self) -> list[Rule]:
        """Return the rules of all duties."""
        return [rule for duty in self.duties for rule in duty.rules]

    def seen(self, rule: Rule) -> bool:
        """Tell whether the words of every text that a rule cites were seen."""
        return all(self.texts[text].seen for text, _ in citations(rule.articles))


class _Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    texts: tuple[Text, ...]


def citations(articles: tuple[str, ...] | list[str]) -> frozenset[tuple[str, str]]:
    """Return each text and article that is cited. Numbers alone are of the text before; a text may have none.

    >>> sorted(citations(["117: 8", "电商法 53, 55–57", "62"]))
    [('117', '8'), ('电商法', '53'), ('电商法', '55–57'), ('电商法', '62')]

    Raises:
        ValueError: there is none before it.
    """
    found: set[tuple[str, str]] = set()
    text = ""
    for each in articles:
        named = _CITATION.fullmatch(each)
        if named is not None:
            text, numbers = named["text"], named["articles"]
        else:
            text, numbers = (text, each) if each[:1].isdigit() else (each, "")
        if not text:
            raise ValueError(f"{each!r} names no text")
        found |= {(text, number.strip()) for number in numbers.split(",")}
    return frozenset(found)


def read(folder: "Traversable | None" = None) -> Law:
    """Return what the files of a folder say, those that come with Holdfast by default, in the order of names.

    Raises:
        ValueError: a file is not as it must be, cites a text that is not listed, or quotes one that was not
            seen.
    """
    place = resources.files("holdfast.reference") / "duties" if folder is None else folder
    listed = msgspec.toml.decode((place / _TEXTS).read_text(encoding="utf-8"), type=_Texts)
    names = sorted(
        each.name for each in place.iterdir() if each.name.endswith(".toml") and each.name != _TEXTS
    )
    duties = tuple(
        msgspec.toml.decode((place / name).read_text(encoding="utf-8"), type=Duty) for name in names
    )
    law = Law({text.key: text for text in listed.texts}, duties)
    for rule in law.rules():
        _check(law, rule)
    return law


def _check(law: Law, rule: Rule) -> None:
    unknown = sorted({text for text, _ in citations(rule.articles)} - set(law.texts))
    if unknown:
        raise ValueError(f"{rule.articles}: no text is called {', '.join(unknown)}")
    if not law.seen(rule) and _QUOTES.search(rule.says.zh + rule.says.en):
        raise ValueError(f"{rule.articles}: a text that was not seen is not quoted")
