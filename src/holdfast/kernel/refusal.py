"""Refusals: the answer to a command that may not happen, made for the person who reads it."""

from typing import Any, ClassVar

import msgspec


class RefusalRecord(msgspec.Struct, frozen=True):
    """A refusal as it is stored and shown: `code` is stable, the rest is for people."""

    code: str
    what: str
    where: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.fix}. [{self.code}]"


class Refusal(Exception):  # noqa: N818 - the field's word for it
    """A command may not happen. Subclasses name the code and give the texts' patterns.

    The patterns are filled from the keyword arguments, so that every text carries its figures. `heals` says
    that the same command may be accepted later: what it names is not there yet, it is too early, or somebody
    is busy. Such an answer is not kept under an idempotency key; a decision, as on a limit or a cover, is.
    """

    code: ClassVar[str] = ""
    heals: ClassVar[bool] = False
    what: ClassVar[str] = ""
    fix: ClassVar[str] = ""
    registry: ClassVar[dict[str, type["Refusal"]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        assert cls.code, f"{cls.__name__} has no code"
        assert cls.code not in Refusal.registry, f"{cls.code} is taken"
        Refusal.registry[cls.code] = cls

    def __init__(self, where: str, **details: object) -> None:
        """Refuse at `where` (a row, a field or a file's line), with the figures of the pattern."""
        super().__init__(where)
        self.where = where
        self.details = details

    def record(self) -> RefusalRecord:
        """Return the refusal as data, its texts filled."""
        return RefusalRecord(
            self.code,
            self.what.format(**self.details),
            self.where,
            self.fix.format(**self.details),
        )

    def __str__(self) -> str:
        return str(self.record())


class NotFound(Refusal):
    """The row that the command names does not exist."""

    code = "not_found"
    heals = True
    what = "there is no {kind} with this id"
    fix = "Check the id, or create it first"


class WrongState(Refusal):
    """The table of transitions does not know this command in the row's state."""

    code = "wrong_state"
    heals = True
    what = "it is {state}, and {command} does not apply there"
    fix = "Read its present state; {command} applies in: {allowed}"


class CommandRefused(Exception):  # noqa: N818 - the field's word for it
    """A command that had to be accepted was refused: its record is what is told."""

    def __init__(self, record: RefusalRecord) -> None:
        super().__init__(str(record))
        self.record = record
