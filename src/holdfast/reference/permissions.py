"""The page of permissions: the table of the service, for those who answer for it."""

import inspect
from collections.abc import Iterator
from typing import Any

from holdfast.house import ROOMS, TASKS
from holdfast.kernel.actor import Role
from holdfast.service import permissions
from holdfast.service.reach import ROLES, Line, Reach
from holdfast.service.resources import resources

_HEAD = """# Who may do what 权限表

Generated from `service/permissions.py`. A test asks every operation by every role, for its own, for another's
and for nobody's things.

● *all*: over everything. ○ *own*: what is the merchant's, or the consumer's, whose key or session it is; what
another owns is answered as if it were not there. Nothing: not for this role (`not_permitted`). *Staff* is
whoever sits at the terminal, and comes in by no door of the service.

● 全部；○ 仅本方：属于他人的，答复与不存在时完全相同；空格：该角色不得进行。
三条原则：权限最小；职责分离（报告款项者不认领款项，停用者不恢复，当事人不裁决，评审员只裁决）；
监管人员可读一切，不作任何更改。

"""

_SIGNS = {Reach.ALL: "●", Reach.OWN: "○", None: ""}


def document() -> str:
    """Return the page."""
    parts = [_HEAD, *_commands(), *_rows(), *_facts(), *_tasks(), *_hidden()]
    return "\n".join(parts).rstrip() + "\n"


def _table(lines: Iterator[tuple[str, Line]]) -> Iterator[str]:
    yield f"| | {' | '.join(f'{role.called.en} {role.called.zh}' for role in ROLES)} |"
    yield "|" + "---|" * (1 + len(ROLES))
    for name, line in lines:
        yield f"| {name} | {' | '.join(_SIGNS[line.reach(role)] for role in ROLES)} |"
    yield ""


def _commands() -> Iterator[str]:
    yield "## Commands 指令\n\n*人*: a person decides it, or several; a machine is refused.\n"
    for room in ROOMS:
        found = [command for command in room.handles if command in permissions.COMMANDS]
        if found:
            yield f"### {room.name}\n"
            yield from _table((_command(each), permissions.COMMANDS[each]) for each in found)


def _command(command: type[Any]) -> str:
    person = " *人*" if command.approval.by_person else ""
    return f"`{command.__name__}`{person}"


def _rows() -> Iterator[str]:
    yield "## Rows 记录\n\n`GET /v1/{name}` and `GET /v1/{name}/{id}`.\n"
    lines = permissions.lines()
    named = [(each, each.name.replace("-", "_")) for each in resources()]
    yield from _table(
        ((f"`{each.name}` {each.kind.called.zh}", lines[f"get_{name}"]) for each, name in named)
    )
    unlisted = [
        f"`{each.name}`" for each, name in named if lines[f"get_{name}"].own and not lines[f"list_{name}"].own
    ]
    yield f"One by one, and not as a list, for those whose own they are: {', '.join(unlisted)}.\n"


def _facts() -> Iterator[str]:
    yield "## Facts 事实\n\nBy the room that tells them; below, those of which others are told.\n"
    yield from _table(((f"**{name}**", line) for name, line in permissions.FACTS.items()))
    apart = permissions.FACTS_APART.items()
    yield from _table(((f"`{kind.__name__}` {_said(kind)}", line) for kind, line in apart))


def _said(kind: type[Any]) -> str:
    return (inspect.getdoc(kind) or "").partition("\n")[0]


def _tasks() -> Iterator[str]:
    yield "## Tasks 待办\n"
    of_role = {role: permissions.tasks_of(role) for role in ROLES}
    lines = (
        (f"`{kind.name}`", Line(frozenset(role for role in ROLES if kind.name in of_role[role])))
        for kind in TASKS
    )
    yield from _table(lines)


def _hidden() -> Iterator[str]:
    yield "## Left out 不予显示\n\n| of | from | fields |\n|---|---|---|"
    for kind, roles in permissions.HIDDEN.items():
        for role, names in roles.items():
            yield _left_out(f"`{kind.__name__}`", role, names)
    for role, names in permissions.HIDDEN_IN_FACTS.items():
        yield _left_out("facts", role, names)
    yield "\nTo merchants and consumers whose act a fact is is told by role alone."


def _left_out(of: str, role: Role, names: frozenset[str]) -> str:
    return (
        f"| {of} | {role.called.en} {role.called.zh} | {', '.join(f'`{name}`' for name in sorted(names))} |"
    )
