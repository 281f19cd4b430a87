"""What the room of the journal has. See `kernel.room`."""

from holdfast.journal import handlers, proposing
from holdfast.journal.checks import CHECKS
from holdfast.journal.feed import Cursor
from holdfast.journal.held import LOG, KeysHeld, LogHeld
from holdfast.journal.model import ConfirmClock, DestroyKeys, DestroyKeysAgain, PutAside, RestartLog
from holdfast.journal.proposals import TRANSITIONS, Proposal, ProposalState, WithdrawProposal
from holdfast.journal.requests import Request
from holdfast.journal.settings import SETTINGS
from holdfast.journal.words import WORDS, WORDS_WHERE
from holdfast.kernel.actor import Role
from holdfast.kernel.index import among, told
from holdfast.kernel.room import STAYS, Kept, Key, Room, States
from holdfast.kernel.task import May, TaskKind, nothing_at_stake
from holdfast.kernel.text import Text


def _keys_held(command: DestroyKeys | DestroyKeysAgain) -> list[Key]:
    return [(KeysHeld, command.subject)]


def _log_held(_command: RestartLog) -> list[Key]:
    return [(LogHeld, LOG)]


PUT_ASIDE = TaskKind(
    "put_aside",
    PutAside,
    (told("wake_at"),),
    since="since",
    within="look_within",
    role=Role.STAFF,
    at_stake=nothing_at_stake,
    may=(),
    words=Text(
        "系统故障，到期事项未能办理：请按编号查日志修复，之后自动重办",
        "a deadline failed by an error of ours: mend what the engine's log says; it is then tried again",
    ),
)
"""No command answers it: once the cause is mended, the deadline happens when it is tried again."""

PROPOSAL = TaskKind(
    "proposal",
    Proposal,
    (among("state", ProposalState.OPEN),),
    since="since",
    within="proposal_stands",
    role=Role.STAFF,
    at_stake=nothing_at_stake,
    may=(May(WithdrawProposal, {"proposal_id": "id"}),),
    words=Text(
        "有人提议不可撤销之事：须另一人审查后提出同一请求，或由提议人撤回；到期作废",
        "somebody proposed what nothing undoes: another person looks at it and asks for the same, or who "
        "proposed it withdraws; else it lapses",
    ),
    again="asked",
)
"""It ends by its own deadline, that of the policy under which it was proposed."""

ROOM = Room(
    "journal",
    handles={
        ConfirmClock: handlers.confirm,
        DestroyKeys: handlers.destroy,
        DestroyKeysAgain: handlers.destroy_again,
        RestartLog: handlers.restart,
        WithdrawProposal: proposing.withdraw,
    },
    keeps=(
        Kept(Request, "requests", STAYS, bounded=True),
        Kept(Cursor, "cursors", STAYS, bounded=True),
        Kept(PutAside, "put_aside", STAYS, fixed=("row_kind", "row_id", "order_id", "merchant_id")),
        Kept(Proposal, "proposals", STAYS, fixed=("command",), states=States("Proposals", TRANSITIONS)),
    ),
    elsewhere=(KeysHeld, LogHeld),
    names={"proposal_id": (Proposal,)},
    touches={
        DestroyKeys: _keys_held,
        DestroyKeysAgain: _keys_held,
        RestartLog: _log_held,
    },
    checks=CHECKS,
    settings=SETTINGS,
    words=WORDS,
    words_where=WORDS_WHERE,
    tasks=(PUT_ASIDE, PROPOSAL),
)
