"""The table of permissions has a line for every operation; its lines keep the rules that are behind it."""

from typing import Any

import pytest

from holdfast.claims.model import OpenClaim, RejectClaim, UpholdClaim
from holdfast.house import COMMANDS as COMMANDS_OF_HOUSE
from holdfast.house import KEPT, ROOMS, TASKS
from holdfast.kernel.actor import Role
from holdfast.kernel.rows import Command
from holdfast.parties.model import ReinstateMerchant, SuspendMerchant
from holdfast.service.catalogue import catalogue
from holdfast.service.permissions import (
    COMMANDS,
    FACTS,
    FACTS_APART,
    HIDDEN,
    HIDDEN_IN_FACTS,
    NEW_IDS,
    OPEN,
    PUBLIC,
    ROWS,
    UNSAID,
    fact_lines,
    line_of,
    lines,
    tasks_of,
)
from holdfast.service.reach import NOBODY, OWNERS, ROLES, Reach
from holdfast.service.resources import resources
from holdfast.service.routes import routes
from holdfast.settlement.received import AssignReceipt, RecordUnassigned

WRITES = [each for each in catalogue() if each.method != "GET" and each.name not in OPEN]


def test_every_operation_has_a_line_and_every_line_an_operation() -> None:
    names = {each.name for each in catalogue()}
    assert names - lines().keys() == OPEN, "who may do it? give it a line in service/permissions.py"
    assert lines().keys() - names == set()
    assert names >= PUBLIC
    assert set(COMMANDS) == {route.command for route in routes()}
    assert set(ROWS) == {each.kind for each in resources()}
    assert [name for name in names - OPEN if line_of(name) == NOBODY] == []


def test_every_room_tells_its_facts_to_somebody() -> None:
    assert set(FACTS) == {room.name for room in ROOMS if room.words}
    assert [kind for kind, line in fact_lines().items() if line == NOBODY] == []
    assert {kind.__name__ for kind in FACTS_APART} <= fact_lines().keys()


@pytest.mark.parametrize("command", [each for each, line in COMMANDS.items() if line.own])
def test_whose_a_command_of_an_owner_is_can_be_looked_up(command: type[Command]) -> None:
    named = {name for name, _ in COMMANDS_OF_HOUSE.named[command]}
    ids = {name for name in command.__struct_fields__ if name.endswith("_id")}
    assert named, "it names nothing"
    assert ids <= named | NEW_IDS.get(command, {}).keys(), "an id is looked up nowhere: it may be another's"


def test_what_is_an_owner_s_own_says_so() -> None:
    for kind, line in ROWS.items():
        for role in line.own:
            fields = {*kind.__struct_fields__, KEPT[kind].named_after}
            assert f"{role}_id" in fields or "order_id" in fields or f"{kind.__name__}".lower() == role, kind


def test_a_regulator_reads_everything_and_writes_nothing() -> None:
    for each in catalogue():
        if each.name not in OPEN:
            reach = line_of(each.name).reach(Role.REGULATOR)
            assert reach is (Reach.ALL if each.method == "GET" else None), each.name
    assert all(line.reach(Role.REGULATOR) is Reach.ALL for line in fact_lines().values())
    assert tasks_of(Role.REGULATOR) == {each.name for each in TASKS}


def test_an_arbiter_decides_and_does_nothing_else() -> None:
    assert {each.command for each in WRITES if line_of(each.name).reach(Role.ARBITER)} == {
        UpholdClaim,
        RejectClaim,
    }


def test_owners_reach_nothing_of_others_but_what_is_public() -> None:
    for each in catalogue():
        if each.name not in OPEN | PUBLIC:
            assert all(line_of(each.name).reach(role) is not Reach.ALL for role in OWNERS), each.name


def _who(*commands: type[Command]) -> set[Role]:
    """Return the roles that may send all of these."""
    return {role for role in ROLES if all(COMMANDS[each].reach(role) for each in commands)}


def test_duties_are_separate() -> None:
    assert not _who(UpholdClaim) & (OWNERS | {Role.MARKETPLACE, Role.RISK, Role.FINANCE})
    assert _who(OpenClaim, UpholdClaim) == set(), "who claims does not decide it"
    assert _who(SuspendMerchant, ReinstateMerchant) == set(), "who suspends does not reinstate"
    assert _who(RecordUnassigned, AssignReceipt) == set(), "who reports money does not say whose it is"


def test_what_waits_for_people_is_shown_to_somebody_who_can_answer_it() -> None:
    people = (Role.ARBITER, Role.RISK, Role.FINANCE, Role.OPERATOR)
    assert [each.name for each in TASKS if not any(each.name in tasks_of(role) for role in people)] == []


def test_what_is_hidden_is_there() -> None:
    fields: set[str] = set()
    for room in ROOMS:
        for kind in room.words:
            fields.update(kind.__struct_fields__)
    for kind, roles in HIDDEN.items():
        assert all(names <= set(kind.__struct_fields__) for names in roles.values()), kind
        assert all(ROWS[kind].reach(role) for role in roles), kind
        assert all("id" not in names for names in roles.values()), kind
    named: list[Any] = [name for names in HIDDEN_IN_FACTS.values() for name in names]
    rows = {name for kind in KEPT for name in kind.__struct_fields__}
    assert set(named) <= fields | rows
    for command, what in (*NEW_IDS.items(), *UNSAID.items()):
        fields_of = set(command.__struct_fields__)
        said = {name for each in what.values() for name in ([each] if isinstance(each, str) else each)}
        assert said <= fields_of
