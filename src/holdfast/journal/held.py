"""The core's view of the log: rows without a table, which keepers of the log's own room load and store."""

from typing import Final

import msgspec

from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Row
from holdfast.kernel.text import Text

LOG: Final = "log"
"""The id of the one row `LogHeld`."""


class Dealing(msgspec.Struct, frozen=True):
    """A dealing of a subject: an order, or, without an id, a merchant's own record.

    `last_at` is the time of its last fact; `ended` tells whether no further fact is due.
    """

    order_id: str
    last_at: Instant
    ended: bool


class KeysHeld(Row, frozen=True, kw_only=True):
    """The keys to the leaves about a subject; `id` is consumer:ID or merchant:ID.

    `tags` are the tags of the keys by deal, those of the subject's own key under the empty deal. `dealings`
    are subject to retention. `waiting` is the number of facts about it that are not logged yet. `going` are
    the deals whose keys are destroyed in the transaction that puts the row with them.
    """

    called = Text("日志密钥", "keys of the log")

    pseudonym: str
    tags: dict[str, str]
    dealings: tuple[Dealing, ...]
    waiting: int
    going: tuple[str, ...] = ()


class LogHeld(Row, frozen=True, kw_only=True):
    """The log of the database: its name and key, None where it is bound to none; its `size` in leaves.

    `running` tells whether a sequencer runs at this moment.
    """

    called = Text("日志", "log")

    origin: str | None
    vkey: str | None
    size: int
    running: bool = False
