"""Refusals: the answer to a command that may not happen, made for the person who reads it."""

from typing import Any, ClassVar

import msgspec

from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text, same


class RefusalRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A refusal as it is stored and shown: `code` is stable, the rest is for people.

    Those that were stored before they were told in 中文 have no `what_zh` and `fix_zh`.
    """

    code: str
    what: str
    where: str
    fix: str
    what_zh: str = ""
    fix_zh: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.fix}. [{self.code}]"

    @property
    def sort(self) -> Sort:
        """Return its sort; of a code that is no more, the one that says least."""
        kind = Refusal.registry.get(self.code)
        return Sort.UNMET if kind is None else kind.sort

    def told(self) -> tuple[Text, Text]:
        """Return what is wrong and what to do in both languages.

        Of one that was stored in English alone the Chinese follows from its code, where no figures are in it.
        """
        what, fix = Text(self.what_zh, self.what), Text(self.fix_zh, self.fix)
        kind = Refusal.registry.get(self.code)
        if self.what_zh or kind is None:
            return (what, fix) if self.what_zh else (same(self.what), same(self.fix))
        return _retold(kind.what, self.what), _retold(kind.fix, self.fix)

    def document(self) -> dict[str, str]:
        """Return what programs are given of it, with its sort and both languages."""
        what, fix = self.told()
        return {
            "code": self.code,
            "sort": self.sort.value,
            "what": what.en,
            "what_zh": what.zh,
            "where": self.where,
            "fix": fix.en,
            "fix_zh": fix.zh,
        }

    def lines(self) -> Text:
        """Return it as a line of each language, with where it is."""
        what, fix = self.told()
        return Text(f"{self.where}：{what.zh}。{fix.zh}。 [{self.code}]", str(self))


def _retold(pattern: Text, en: str) -> Text:
    return Text(pattern.zh if pattern.en == en and "{" not in pattern.zh else en, en)


class Refusal(Exception):  # noqa: N818 - the field's word for it
    """A command may not happen: a domain error. Subclasses name its code, its sort and its texts.

    The texts are patterns in both languages, filled from the keyword arguments, so that each carries its
    figures; an argument that is a text itself is filled in by language. The exit code, the HTTP status and
    whether the refusal is transient follow from its sort.
    """

    code: ClassVar[str] = ""
    sort: ClassVar[Sort]
    what: ClassVar[Text]
    fix: ClassVar[Text]
    registry: ClassVar[dict[str, type["Refusal"]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        assert cls.code, f"{cls.__name__} has no code"
        assert cls.code not in Refusal.registry, f"{cls.code} is taken"
        assert cls.sort, f"{cls.code} has no sort"
        Refusal.registry[cls.code] = cls

    def __init__(self, where: str, **details: object) -> None:
        """Refuse at `where` (a row, a field or a file's line), with the figures of the pattern."""
        super().__init__(where)
        self.where = where
        self.details = details

    def record(self) -> RefusalRecord:
        """Return the refusal as data, its texts filled."""
        what, fix = self.what.fill(**self.details), self.fix.fill(**self.details)
        return RefusalRecord(self.code, what.en, self.where, fix.en, what.zh, fix.zh)

    def told(self) -> Text:
        """Return what is wrong, in both languages: a reason for another refusal."""
        return self.what.fill(**self.details)

    def __str__(self) -> str:
        return str(self.record())


class NotFound(Refusal):
    """The row that the command names does not exist."""

    code = "not_found"
    sort = Sort.NOT_FOUND
    what = Text("没有此{kind}", "there is no {kind} with this id")
    fix = Text("请核对编号，或先建立", "Check the id, or create it first")


class WrongState(Refusal):
    """The table of transitions does not know this command in the row's state."""

    code = "wrong_state"
    sort = Sort.NOT_YET
    what = Text("现为“{state}”，此时不适用 {command}", "it is {state}, and {command} does not apply there")
    fix = Text(
        "请先查看现状；{command} 适用于：{allowed}", "Read its present state; {command} applies in: {allowed}"
    )


class CommandRefused(Exception):  # noqa: N818 - the field's word for it
    """A command that had to be accepted was refused: its record is what is told."""

    def __init__(self, record: RefusalRecord) -> None:
        super().__init__(str(record))
        self.record = record
