"""What the room of the journal has. See `kernel.room`."""

from holdfast.journal import handlers
from holdfast.journal.feed import Cursor
from holdfast.journal.held import LOG, KeysHeld, LogHeld
from holdfast.journal.model import ConfirmClock, DestroyKeys, DestroyKeysAgain, RestartLog
from holdfast.journal.requests import Request
from holdfast.journal.words import WORDS
from holdfast.kernel.room import STAYS, Kept, Key, Room


def _keys_held(command: DestroyKeys | DestroyKeysAgain) -> list[Key]:
    return [(KeysHeld, command.subject)]


def _log_held(_command: RestartLog) -> list[Key]:
    return [(LogHeld, LOG)]


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
    ),
    elsewhere=(KeysHeld, LogHeld),
    touches={
        DestroyKeys: _keys_held,
        DestroyKeysAgain: _keys_held,
        RestartLog: _log_held,
    },
    words=WORDS,
)
