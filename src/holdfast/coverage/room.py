"""The declaration of the room of coverage. See `kernel.room`."""

from collections.abc import Iterator

from holdfast.coverage.model import Coverage, Peers, RecordPeers
from holdfast.coverage.record import record_peers
from holdfast.coverage.settings import SETTINGS
from holdfast.coverage.words import WORDS
from holdfast.kernel.room import STAYS, Kept, Key, Neighbours, Room
from holdfast.parties.model import Merchant


def _peers(command: RecordPeers) -> Iterator[Key]:
    yield Peers, command.category


def _of_merchant(merchant_id: str) -> Iterator[Key]:
    yield Coverage, merchant_id


ROOM = Room(
    "coverage",
    handles={RecordPeers: record_peers},
    keeps=(
        Kept(
            Peers,
            "peers",
            STAYS,
            unchecked="what is known from elsewhere and counted on: nothing else has its numbers",
        ),
        Kept(Coverage, "coverages", STAYS, fixed=("currency",), named_after="merchant_id"),
    ),
    names={"merchant_id": (Coverage,)},
    touches={RecordPeers: _peers},
    still=frozenset({RecordPeers}),
    neighbours=(Neighbours(Merchant, ("id",), _of_merchant),),
    settings=SETTINGS,
    words=WORDS,
)
