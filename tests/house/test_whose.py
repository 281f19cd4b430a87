"""Each command says whose it is by its text alone: of a merchant, of a consumer, or of the house."""

import msgspec
import pytest

from holdfast.access.room import ROOM as ACCESS
from holdfast.access.ways import RecordRead
from holdfast.coverage.model import RecordPeers
from holdfast.house import COMMANDS
from holdfast.journal.model import ConfirmClock, DestroyKeys, DestroyKeysAgain, RestartLog
from holdfast.journal.proposals import WithdrawProposal
from holdfast.kernel.rows import Command
from holdfast.policy.model import AdoptPolicy
from holdfast.settlement.model import CapitaliseFund
from holdfast.settlement.received import AssignReceipt, RecordUnassigned

OF_THE_HOUSE: frozenset[type[Command]] = frozenset(
    {
        ConfirmClock,
        DestroyKeys,
        DestroyKeysAgain,
        RestartLog,
        WithdrawProposal,
        AdoptPolicy,
        RecordPeers,
        CapitaliseFund,
        RecordUnassigned,
        AssignReceipt,
        *(ACCESS.handles.keys() - {RecordRead}),
    }
)
"""Commands about a schema as a whole: its clock, policy, log and fund, who may come in, and money that nobody
is known to own.

The money of a receipt leaves the house for whom `target_id` names.
"""

OF_A_TAKING = frozenset({"chargeback_id", "seizure_id"})
"""Fields that are the id of a merchant's thing, whose row has it with the kind before it."""


def _says(kind: type[Command]) -> bool:
    names = {field.name for field in msgspec.structs.fields(kind)}
    of_merchant = {
        name
        for name, rows in COMMANDS.named[kind]
        if any("merchant_id" in row.__struct_fields__ for row in rows)
    }
    return bool(names & {"merchant_id", "consumer_id"} | of_merchant | names & OF_A_TAKING)


_ALL = sorted(COMMANDS.handlers, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", _ALL)
def test_a_command_names_a_merchant_a_consumer_or_a_thing_of_a_merchant(kind: type[Command]) -> None:
    assert _says(kind) != (kind in OF_THE_HOUSE), (
        f"{kind.__name__}: its text does not say whose it is. Give it a merchant_id, a consumer_id or the"
        " id of a row that has a merchant_id; a command about the schema as a whole belongs to OF_THE_HOUSE."
    )
