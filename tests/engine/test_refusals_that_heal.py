"""Which refusals time may heal: these are not kept under an idempotency key, so that sending again may help.

Not there yet, too early, busy. A decision (a limit, a cover, a status, missing money) is kept: who was told
no is not bound later because a queue sent it again.
"""

from test_every_refusal import CORE

from holdfast import house
from holdfast.engine import front
from holdfast.kernel.refusal import Refusal

HEALS = {
    "not_found": "what it names may come",
    "wrong_state": "the step before may come",
    "no_policy_in_force": "a policy may be adopted",
    "clock_ahead": "the clock may be set, or confirmed",
    "clock_behind": "the clock may be set, or confirmed",
    "not_confirmed": "the consumer may confirm",
    "nothing_asked": "the request may come",
    "parcel_on_its_way": "it may come back",
    "disputed": "the claim may be decided",
    "debit_on_its_way": "the provider may answer",
    "debit_of_no_order": "the order may come",
    "capture_not_asked": "the debit may be asked for",
    "payout_not_asked": "the payout may be asked for",
    "repayment_not_asked": "it may be asked for anew",
    "claim_open_already": "the open claim may be decided",
    "not_yet_happened": "its time may come",
    "not_yet_performed": "its time may come",
    "kept_by_law": "its time may come",
    "facts_waiting": "the log may take them",
    "sequencer_running": "it may stop",
    "internal_error": "the cause may be mended",
    "busy": "the queue may drain",
    "stopped": "the engine may be back",
    "key_in_flight": "the answer may come",
}


def test_they_are_these() -> None:
    assert house.HANDLERS
    assert front.Busy.sort.heals
    rooms = tuple(f"holdfast.{room}." for room in CORE)
    core = {code: kind for code, kind in Refusal.registry.items() if kind.__module__.startswith(rooms)}
    assert {code for code, kind in core.items() if kind.sort.heals} == set(HEALS)
