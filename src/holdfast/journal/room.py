"""What the room of the journal has. See `kernel.room`."""

from holdfast.journal import handlers
from holdfast.journal.checks import CHECKS
from holdfast.journal.feed import Cursor
from holdfast.journal.held import LOG, KeysHeld, LogHeld
from holdfast.journal.model import ConfirmClock, DestroyKeys, DestroyKeysAgain, PutAside, RestartLog
from holdfast.journal.requests import Request
from holdfast.journal.settings import SETTINGS
from holdfast.journal.words import WORDS
from holdfast.kernel.actor import Role
from holdfast.kernel.index import told
from holdfast.kernel.room import STAYS, Kept, Key, Room
from holdfast.kernel.task import TaskKind, nothing_at_stake
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

ROOM = Room(
    "journal",
    handles={
        ConfirmClock: handlers.confirm,
        DestroyKeys: handlers.destroy,
        DestroyKeysAgain: handlers.destroy_again,
        RestartLog: handlers.restart,
    },
    keeps=(
        Kept(Request, "requests", STAYS, bounded=True),
        Kept(Cursor, "cursors", STAYS, bounded=True),
        Kept(PutAside, "put_aside", STAYS, fixed=("row_kind", "row_id", "order_id", "merchant_id")),
    ),
    elsewhere=(KeysHeld, LogHeld),
    touches={
        DestroyKeys: _keys_held,
        DestroyKeysAgain: _keys_held,
        RestartLog: _log_held,
    },
    checks=CHECKS,
    settings=SETTINGS,
    words=WORDS,
    tasks=(PUT_ASIDE,),
)
