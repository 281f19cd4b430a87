"""Tables of transitions are sound, and each is walked by a test: every state × every event, over handlers."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import pytest
from the_package import every

from holdfast.access.model import Person
from holdfast.enforcement.model import WindDown
from holdfast.guarantees.model import Guarantee, GuaranteeState
from holdfast.house import HANDLERS, KEPT
from holdfast.journal.proposals import Proposal
from holdfast.kernel.room import States
from holdfast.kernel.rows import Row
from holdfast.ledger.model import Hold, HoldState
from holdfast.orders.model import ENDED, Order, OrderState
from holdfast.parties.model import Merchant, MerchantStatus
from holdfast.settlement.model import Claim, ClaimState, Payout, Recovery
from holdfast.settlement.otherwise import Doubt, Repayment
from holdfast.webhooks.model import EndpointState, WebhookEndpoint

TESTS = Path(__file__).parents[1]

STATES: Mapping[type[Row], States] = {
    row: kept.states for row, kept in KEPT.items() if kept.states is not None
}

WALKED: Mapping[type[Row], str] = {
    Claim: "claims/test_claim_states.py",
    Doubt: "settlement/test_doubt_states.py",
    Guarantee: "guarantees/test_guarantee_states.py",
    Hold: "ledger/test_ledger.py",
    Merchant: "parties/test_merchant_states.py",
    Order: "orders/test_order_states.py",
    Payout: "settlement/test_payout_states.py",
    Person: "access/test_person_states.py",
    Proposal: "journal/test_proposal_states.py",
    Recovery: "settlement/test_recovery_stages.py",
    Repayment: "settlement/test_repayment_states.py",
    WebhookEndpoint: "webhooks/test_endpoint_states.py",
    WindDown: "enforcement/test_wind_down_stages.py",
}
"""Which test walks the states of which row."""

ENDS: Mapping[type[Row], frozenset[StrEnum]] = {
    Claim: frozenset({ClaimState.REJECTED, ClaimState.FORGIVEN, ClaimState.PAID}),
    Doubt: frozenset(),
    Guarantee: frozenset({GuaranteeState.LAPSED, GuaranteeState.RELEASED}),
    Hold: frozenset({HoldState.POSTED, HoldState.VOIDED, HoldState.EXPIRED}),
    Merchant: frozenset({MerchantStatus.ABSCONDED}),
    Order: frozenset(ENDED - {OrderState.WRITTEN_OFF}),
    Payout: frozenset(),
    Person: frozenset(),
    Proposal: frozenset(),
    Recovery: frozenset(),
    Repayment: frozenset(),
    WebhookEndpoint: frozenset({EndpointState.REMOVED}),
    WindDown: frozenset(),
}
"""From which states nothing leads to another: a mistyped target makes one more, or one less."""


def named(row: type[Row]) -> str:
    return row.__name__


@pytest.mark.parametrize("row", STATES, ids=named)
def test_a_walk_is_declared(row: type[Row]) -> None:
    assert row in WALKED, (
        f"{row.__name__} has states that no test walks: write one (see tests/walking.py), put it in WALKED"
    )
    assert (TESTS / WALKED[row]).is_file(), f"{WALKED[row]} is not there"
    assert row in ENDS, f"say in ENDS which states of {row.__name__} nothing leads out of"


def test_every_walk_is_of_a_row_with_states() -> None:
    assert WALKED.keys() - STATES.keys() == set()
    assert ENDS.keys() - STATES.keys() == set()


@pytest.mark.parametrize("row", STATES, ids=named)
def test_every_state_is_in_the_table_and_is_reached(row: type[Row]) -> None:
    table = STATES[row].transitions
    states: list[StrEnum] = list(table)
    targets = {target for steps in table.values() for target in steps.values()}
    assert targets <= table.keys(), "these lead to states that the table does not know"
    assert set(type(states[0])) == set(states), "these states of the enum are not in the table"
    reached, ahead = {states[0]}, [states[0]]
    while ahead:
        fresh = set(table[ahead.pop()].values()) - reached
        reached |= fresh
        ahead += fresh
    assert [state for state in states if state not in reached] == [], f"nothing leads there from {states[0]}"


@pytest.mark.parametrize("row", STATES, ids=named)
def test_only_ends_have_no_way_out(row: type[Row]) -> None:
    table = STATES[row].transitions
    assert {state for state, steps in table.items() if set(steps.values()) <= {state}} == ENDS[row]


@pytest.mark.parametrize("row", STATES, ids=named)
def test_an_event_with_the_name_of_a_command_is_one(row: type[Row]) -> None:
    """The others are deadlines, and what follows from other facts: they begin with a small letter."""
    commands = {kind.__name__ for kind in HANDLERS}
    events = {str(event) for steps in STATES[row].transitions.values() for event in steps}
    assert [event for event in events if not event[0].islower() and event not in commands] == []


def test_a_field_with_states_has_a_table() -> None:
    staged = [row for row in every(Row) if {"state", "stage", "status"} & set(row.__struct_fields__)]
    lacking = [row.__name__ for row in staged if row not in STATES]
    assert lacking == [], "declare their table in `states` of their Kept"
