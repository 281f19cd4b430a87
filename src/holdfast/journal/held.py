"""What the log holds, as the core sees it: rows without a table, which the log's own room loads and keeps."""

from typing import Final

import msgspec

from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Row
from holdfast.kernel.text import Text

LOG: Final = "log"
"""The id of the one row `LogHeld`."""


class Dealing(msgspec.Struct, frozen=True):
    """An order of somebody, or, without an id, a merchant's own record.

    `last_at` is when the last fact about it happened; `ended` says whether nothing is to come of it.
    """

    order_id: str
    last_at: Instant
    ended: bool


class KeysHeld(Row, frozen=True, kw_only=True):
    """The keys that open what the log has of a subject; `id` is consumer:ID or merchant:ID.

    `tags` name the keys by the deals that they hide, without saying them; the subject's own stands under the
    empty deal. `dealings` are what the law may ask to keep. `waiting` facts about it are not logged yet.
    `going` are the deals whose keys are destroyed with the transaction that puts the row so.
    """

    called = Text("日志密钥", "keys of the log")

    pseudonym: str
    tags: dict[str, str]
    dealings: tuple[Dealing, ...]
    waiting: int
    going: tuple[str, ...] = ()


class LogHeld(Row, frozen=True, kw_only=True):
    """The log that the facts go to: its name and its key, None where there is none, and its `size` in leaves.

    `running` says that somebody sequences at this moment.
    """

    called = Text("日志", "log")

    origin: str | None
    vkey: str | None
    size: int
    running: bool = False
