"""Every table of transitions as a state diagram."""

from collections.abc import Iterator, Mapping

from holdfast.house import KEPT
from holdfast.kernel.text import Named


def _diagram(table: Mapping[Named, Mapping[str, Named]]) -> Iterator[str]:
    yield "```mermaid\nstateDiagram-v2"
    yield f"    [*] --> {next(iter(table)).value}"
    for state, steps in table.items():
        arrows: dict[str, list[str]] = {}
        for event, target in steps.items():
            arrows.setdefault(target.value, []).append(str(event))
        for target, events in arrows.items():
            yield f"    {state.value} --> {target}: {', '.join(events)}"
        if not [target for target in steps.values() if target is not state]:
            yield f"    {state.value} --> [*]"
    yield "```\n"


def _words(table: Mapping[Named, Mapping[str, Named]]) -> Iterator[str]:
    yield "| state | 中文 | in words |\n| --- | --- | --- |"
    for state in table:
        yield f"| `{state.value}` | {state.called.zh} | {state.called.en} |"
    yield ""


def document() -> str:
    """Return docs/states.md."""
    parts = [
        "# States\n\nGenerated from the code by `python -m holdfast.reference --write docs`.\n",
        "Words in CamelCase are commands; the others are deadlines, and what follows from other facts.\n",
    ]
    states = [kept.states for kept in KEPT.values() if kept.states is not None]
    for title, table in sorted(states):
        parts += [f"## {title}\n", *_diagram(table), *_words(table)]
    return "\n".join(parts).rstrip() + "\n"
