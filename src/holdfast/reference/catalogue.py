"""Every command, fact, refusal and account, in Markdown."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterable, Iterator
from typing import Any, get_type_hints

import msgspec

import holdfast
from holdfast.house import HANDLERS, TASKS
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.rows import Command, FactBody
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text
from holdfast.ledger import chart
from holdfast.reactions import REACTIONS

for _module in pkgutil.walk_packages(holdfast.__path__, "holdfast."):
    if "migrations" not in _module.name and not _module.name.endswith("__main__"):
        importlib.import_module(_module.name)  # what was not imported would not be listed


def _first_paragraph(thing: object) -> str:
    return " ".join((inspect.getdoc(thing) or "").partition("\n\n")[0].split())


def _field_type(hint: Any) -> str:
    """Return a type as a reader wants it: without modules, and an optional one said to be so."""
    optional = ", optional" if "None" in str(hint) else ""
    if "'instant'" in str(hint):
        return f"Instant{optional}"
    name = hint.__name__ if isinstance(hint, type) else re.sub(r"[a-z_]+\.", "", str(hint))
    return name.replace(" | None", optional).replace("|", "\\|")


def _fields(kind: type[msgspec.Struct]) -> str:
    hints = get_type_hints(kind, include_extras=True)
    return ", ".join(
        f"`{field.name}` ({_field_type(hints[field.name])})" for field in msgspec.structs.fields(kind)
    )


def leaves(base: type[FactBody]) -> Iterator[type[FactBody]]:
    """Yield every kind of fact below `base`."""
    derived = base.__subclasses__()
    if not derived and base.__module__.startswith("holdfast."):
        yield base
    for kind in derived:
        yield from leaves(kind)


def _by_room(kinds: Iterable[type[Any]]) -> dict[str, list[type[Any]]]:
    rooms: dict[str, list[type[Any]]] = {}
    for kind in kinds:
        rooms.setdefault(kind.__module__.split(".")[1], []).append(kind)
    return rooms


def _structs(title: str, kinds: Iterable[type[msgspec.Struct]]) -> Iterator[str]:
    yield f"## {title}\n"
    for room, members in _by_room(kinds).items():
        yield f"### {room}\n"
        yield "| name | what it says | fields |\n| --- | --- | --- |"
        for kind in members:
            yield f"| `{kind.__name__}` | {_first_paragraph(kind)}{_whose(kind)} | {_fields(kind)} |"
        yield ""


def _whose(kind: type[msgspec.Struct]) -> str:
    if not issubclass(kind, Command) or not kind.approval.by_person:
        return ""
    several = kind.approval.people
    return f" As many people as `{several}` says ask for it." if several else " Only a person may ask for it."


def _refusals() -> Iterator[str]:
    yield "## Refusals\n\nFrom its sort follow the exit code of the command line and the HTTP status.\n"
    yield "| sort | what it says | exit code | HTTP | time may heal it |\n| --- | --- | --- | --- | --- |"
    for sort in Sort:
        heals = "yes" if sort.heals else "no"
        yield f"| `{sort}` | {_both(sort.called)} | {sort.exit_code} | {sort.status} | {heals} |"
    yield "\n| code | sort | what | what to do |\n| --- | --- | --- | --- |"
    for code, kind in sorted(Refusal.registry.items()):
        if kind.__module__.startswith("holdfast."):
            what, fix = (_both(text) for text in (kind.what, kind.fix))
            yield f"| `{code}` | `{kind.sort}` | {what} | {fix} |"
    yield ""


def _both(text: Text) -> str:
    """Return both languages in a cell of a table, the Chinese first."""
    told = text.zh if text.zh == text.en else f"{text.zh}<br>{text.en}"
    return told.replace("|", "\\|")


def _reactions() -> Iterator[str]:
    yield "## Reactions\n\nWhen this fact happened, then this is done, in the same transaction.\n"
    yield "| fact | reactions |\n| --- | --- |"
    for kind, reactions in REACTIONS.items():
        names = ", ".join(f"`{react.__module__.split('.')[-1]}.{react.__name__}`" for react in reactions)
        yield f"| `{kind.__name__}` | {names} |"
    yield ""


def _tasks() -> Iterator[str]:
    yield "## Tasks\n\nRows that wait for people, read as tasks. What may answer one changes its row.\n"
    yield "| kind | what | row | for | until | may |\n| --- | --- | --- | --- | --- | --- |"
    for kind in TASKS:
        until = [name for name in (kind.answered_within, kind.within) if name is not None]
        may = ", ".join(f"`{each.command.__name__}`" for each in kind.may) or "–"
        since = f"`{kind.since}` + " + " + ".join(f"`{name}`" for name in until)
        row = f"`{kind.row.__name__}`"
        yield f"| `{kind.name}` | {_both(kind.words)} | {row} | {kind.role.called.line()} | {since} | {may} |"
    yield ""


def _accounts() -> Iterator[str]:
    yield "## Accounts\n"
    yield "| name | may go below zero |\n| --- | --- |"
    names = [chart.merchant("ID", kind, "CNY") for kind in chart.MERCHANTS]
    names += [chart.consumer("ID", "CNY", kind) for kind in chart.CONSUMERS]
    names += [chart.house(kind, "CNY") for kind in chart.HOUSES]
    for name in names:
        entry = chart.charted(name)
        assert entry is not None
        yield f"| `{name}` | {'no' if entry[1] else 'yes'} |"
    yield ""


def document() -> str:
    """Return docs/reference.md."""
    parts = [
        "# Reference\n\nGenerated from the code by `python -m holdfast.reference --write docs`.\n",
        *_structs("Commands", HANDLERS),
        *_structs("Facts", sorted(leaves(FactBody), key=lambda kind: (kind.__module__, kind.__name__))),
        *_tasks(),
        *_reactions(),
        *_refusals(),
        *_accounts(),
    ]
    return "\n".join(parts).rstrip() + "\n"
