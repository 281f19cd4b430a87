"""A market: a schema with its own data, clock and policy. One is live; sandboxes are for trials."""

import re
from typing import NamedTuple

from holdfast.kernel.clock import Instant
from holdfast.kernel.text import Named


class MarketKind(Named):
    """The kind of a market: money moves in a live one, nothing leaves a sandbox."""

    LIVE = "live", "正式"
    SANDBOX = "sandbox", "沙盒"


class ClockKind(Named):
    """The kind of a market's clock: the machine's, or one that stands still until somebody moves it."""

    RUNNING = "running", "随机器走时", "the machine's"
    STANDING = "standing", "由人拨动", "moved by hand"


class Market(NamedTuple):
    """A market: its name, and where its rows are.

    `url` is the address of its database, `schema` the schema in that; None for the first of the search path.
    `epoch` is when its clock began. `made` tells it from another one of the same name, made once this one was
    gone.
    """

    name: str
    kind: MarketKind
    url: str
    schema: str | None
    clock: ClockKind
    epoch: Instant
    made: str


LIVE = "live"
"""The name of the market that a service is begun over; no sandbox has it."""

NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", re.ASCII)
"""Names stand in tokens and in the names of schemas: small letters, digits, and hyphens between them."""

LONGEST = 32
"""Characters of a name."""


def is_name(text: str) -> bool:
    """Tell whether a sandbox may be called so.

    >>> [is_name(each) for each in ("kettles-2", "Kettles", "two--parts", "live")]
    [True, False, False, False]
    """
    return len(text) <= LONGEST and NAME.fullmatch(text) is not None and text != LIVE


def schema_of(name: str) -> str:
    """Return the schema of a sandbox that has its rows beside the live market's.

    >>> schema_of("kettles-2")
    'holdfast_sandbox_kettles_2'
    """
    return f"holdfast_sandbox_{name.replace('-', '_')}"
