"""What the room of the journal has. See `kernel.room`."""

from holdfast.journal import handlers
from holdfast.journal.model import ConfirmClock
from holdfast.journal.requests import Request
from holdfast.journal.words import WORDS
from holdfast.kernel.room import STAYS, Kept, Room

ROOM = Room(
    "journal",
    handles={ConfirmClock: handlers.confirm},
    keeps=(Kept(Request, "requests", STAYS, bounded=True),),
    words=WORDS,
)
