"""`holdfast tasks`: tasks that wait for people, the nearest deadline first, and commands that answer."""

import datetime as dt
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from holdfast.cli.documents import write_json
from holdfast.cli.places import AsJson, Data, Lang, Language, Url, Zone
from holdfast.cli.problems import answering
from holdfast.cli.reading import Schema, opened
from holdfast.kernel import zones
from holdfast.kernel.actor import Role
from holdfast.kernel.clock import Instant, SystemClock, iso
from holdfast.kernel.money import Money
from holdfast.kernel.text import Text, padded, width

if TYPE_CHECKING:
    from holdfast.engine.tasks import Possible, Task
    from holdfast.journal.pages import Answer
    from holdfast.postgres.home import Postgres

_SHOWN = 50

For = Annotated[
    Role | None,
    typer.Option("--role", metavar="ROLE", help="Only tasks of these people: staff", show_default=False),
]
After = Annotated[
    str | None,
    typer.Option("--after", metavar="CURSOR", help="Go on where the page before ended", show_default=False),
]
Limit = Annotated[int, typer.Option("--limit", metavar="N", help="Tasks of a page, 500 at most")]


class Shown(msgspec.Struct, frozen=True):
    """A task as it is shown: see `engine.tasks.Task`. Times are in UTC; `overdue`: its deadline is over."""

    kind: str
    what: dict[str, str]
    row: str
    subjects: tuple[str, ...]
    at_stake: Money | None
    since: str
    due: str
    overdue: bool
    role: Role
    may: "tuple[Possible, ...]"


class Listed(msgspec.Struct, frozen=True):
    """A page: `at` is when it was read, `next` the cursor of the page behind it."""

    at: str
    tasks: list[Shown]
    next: str | None


def tasks(
    role: For = None,
    after: After = None,
    limit: Limit = _SHOWN,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    zone: Zone = None,
    lang: Lang = Language.BOTH,
    *,
    as_json: AsJson = False,
) -> None:
    """List the tasks that wait for people: whose, how much, until when, and the commands that may answer.

    An unanswered request to the provider is a task only when its time to answer is over. Time decides
    nothing: overdue tasks are only marked as such.
    """
    from holdfast.telling.lives import zone_in_force  # noqa: PLC0415 - it takes 0.5 s to import

    with answering(as_json=as_json, interrupted="Nothing was changed."):
        if zone is not None:
            zones.zone(zone)
        with opened(data, database_url, schema) as home:
            now = _now(home)
            page = home.tasks(now, role, after=after, limit=limit)
            place = zones.zone(zone or zone_in_force(home))
        if as_json:
            shown = [_shown(task, now) for task in page.items]
            write_json(Listed(iso(now), shown, page.next))
        else:
            sys.stdout.writelines(_lines(page, now, place, lang))


def _now(home: "Postgres") -> Instant:
    """Return the present time of the home: a history that was played has its own."""
    from holdfast.postgres.progress import Progress  # noqa: PLC0415 - as above

    newest = home.newest_at()
    played = next(home.rows(Progress), None) is not None
    return newest if played and newest is not None else SystemClock().now()


def _words(task: "Task") -> Text:
    from holdfast.house import TASKS  # noqa: PLC0415 - as above

    return next(kind.words for kind in TASKS if kind.name == task.kind)


def _shown(task: "Task", now: Instant) -> Shown:
    words = _words(task)
    return Shown(
        kind=task.kind,
        what={"zh": words.zh, "en": words.en},
        row=f"{task.row_kind}:{task.row_id}",
        subjects=task.subjects,
        at_stake=task.at_stake,
        since=iso(task.since),
        due=iso(task.due),
        overdue=task.due < now,
        role=task.role,
        may=task.may,
    )


def _lines(page: "Answer[Task]", now: Instant, place: dt.tzinfo, language: Language) -> Iterator[str]:
    if not page.items:
        yield from _said(Text("没有待办事项。", "Nothing waits for anybody."), language)
    for number, task in enumerate(page.items):
        yield from ["\n"] * bool(number)
        yield from _said(_words(task), language)
        yield from _told(task, now, place, language)
    if page.next is not None:
        yield f"\n{_label(Text('更多', 'more'), language)}  --after {page.next}\n"


def _told(task: "Task", now: Instant, place: dt.tzinfo, language: Language) -> Iterator[str]:
    yield f"  {' '.join((f'{task.kind}:{task.row_id}', *task.subjects))}\n"
    since, due = (zones.written(at, place) for at in (task.since, task.due))
    late = f"  {_label(Text('已逾期', 'overdue'), language)}" if task.due < now else ""
    told = [
        *([(Text("金额", "at stake"), task.at_stake.format())] if task.at_stake is not None else []),
        (Text("自", "since"), since),
        (Text("至", "until"), due + late),
        (Text("由", "for"), _label(task.role.called, language)),
        *((Text("可用", "may"), _command(may)) for may in task.may),
    ]
    labels = [_label(label, language) for label, _ in told]
    wide = max(map(width, labels))
    for label, (_, value) in zip(labels, told, strict=True):
        yield f"  {padded(label, wide)}  {value}\n"


def _command(may: "Possible") -> str:
    return " ".join((may.command, *(f"{name}={value}" for name, value in may.fields.items())))


def _said(text: Text, language: Language) -> list[str]:
    """Return lines: one a language."""
    return [f"{line}\n" for line in (text if language is Language.BOTH else [text.of(language.value)])]


def _label(text: Text, language: Language) -> str:
    return " ".join(text) if language is Language.BOTH else text.of(language.value)
