"""Callers: from which key or session a request comes, and so who acts, in which role, for whom.

Rows of credentials are kept for a moment, so that who asks again and again is not looked up each time.
What ends a credential by this process is known at once, by another process within that moment.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import NamedTuple, TypeVar

from holdfast.access import tokens
from holdfast.access.model import ApiKey, Person, Scope, Session
from holdfast.access.tokens import Kind, Token
from holdfast.journal.pages import Sort, Subject
from holdfast.kernel.actor import Actor, Door, Role
from holdfast.kernel.clock import Clock, Instant
from holdfast.kernel.rows import Row
from holdfast.postgres.home import Postgres
from holdfast.service.asking import TWICE
from holdfast.service.reach import OWNERS
from holdfast.service.readers import Readers
from holdfast.service.refusals import BadHeader, NoCredential
from holdfast.sign_in.coming import came_by

R = TypeVar("R", bound=Row)

KEPT_SECONDS = 1.0
"""For so long a row that was read is taken for what it is."""

KEPT = 10_000
"""Rows that are kept, those of ids that nobody has among them."""

LONGEST = 256
"""Characters of a token that may be one: what is longer is not looked at."""


class Caller(NamedTuple):
    """Who a request comes from. `credential` is the id of its key or session; no secret is in here.

    `idle_at` is when a person's session ends if it is not used; None where it will end by then anyway.
    """

    actor: Actor
    role: Role
    owner: str | None
    scopes: frozenset[Scope]
    credential: str
    idle_at: Instant | None = None

    @property
    def subject(self) -> Subject | None:
        """Return the merchant or the consumer whose caller it is; None of all others."""
        return Subject(Sort(self.role.value), self.owner or "") if self.role in OWNERS else None


_Rows = Mapping[tuple[type[Row], str], Row]
"""The rows of a credential, of those that there are: of a key, or of a session and its person."""

_Place = tuple[bool, str]


_MARKET = re.compile(rb"\A(hf_[a-z]{1,10}_)[a-z0-9-]{1,32}\.")
"""The name of a sandbox in a token: it has led to its market, where ids have none."""


def token_of(headers: Iterable[tuple[bytes, bytes]]) -> Token | None:
    """Return the token that a request says; None where it is none that could be one.

    Raises:
        NoCredential: it says none.
        BadHeader: it says two.
    """
    said = [value for name, value in headers if name == b"authorization"]
    if len(said) > 1:
        raise BadHeader("Authorization", name="Authorization", reason=TWICE)
    scheme, _, text = (said[0] if said else b"").partition(b" ")
    if scheme.lower() != b"bearer":
        raise NoCredential("Authorization")
    text = _MARKET.sub(rb"\1", text.strip(b" "), count=1)
    return tokens.parse(text.decode("ascii", "replace")) if len(text) <= LONGEST else None


class Callers:
    """Finds callers by their tokens. `elapsed` gives seconds that never go back."""

    def __init__(
        self, readers: Readers, clock: Clock, elapsed: Callable[[], float], most: int = KEPT
    ) -> None:
        self._readers = readers
        self._clock = clock
        self._elapsed = elapsed
        self._most = most
        self._kept: OrderedDict[_Place, tuple[float, _Rows]] = OrderedDict()
        self._asking: dict[_Place, asyncio.Task[_Rows]] = {}
        self._known: OrderedDict[str, str] = OrderedDict()

    async def of(self, token: Token | None) -> Caller:
        """Return whose a token is.

        Raises:
            BadCredential, RevokedCredential, ExpiredCredential: see `access.admitting`.
        """
        if token is None or token.kind is Kind.INVITATION:
            token = Token(Kind.LIVE, "", "")  # looked up like any other, so that it takes as long
        rows = await self._found((token.kind is Kind.SESSION, token.id))
        came = came_by(partial(_find, rows), token, Door.API, self._clock.now())
        if token.id not in self._known:
            self._known[token.id] = tokens.hashed(token.secret)
            if len(self._known) > self._most:
                self._known.popitem(last=False)
        session = came.session
        idle_at = session.idle_at if session is not None and session.idle_at < session.ends_at else None
        return Caller(came.actor, came.actor.role, came.owner, came.scopes, came.credential, idle_at)

    def is_known(self, token: Token | None) -> bool:
        """Tell whether somebody came in by this very token before."""
        known = None if token is None else self._known.get(token.id)
        return token is not None and known is not None and tokens.matches(token.secret, known)

    async def _found(self, place: _Place) -> _Rows:
        kept = self._kept.get(place)
        if kept is not None and self._elapsed() < kept[0]:
            self._kept.move_to_end(place)
            return kept[1]
        asking = self._asking.get(place)
        if asking is None:
            asking = self._asking[place] = asyncio.create_task(self._read(place))
        return await asyncio.shield(asking)

    async def _read(self, place: _Place) -> _Rows:
        mine = asyncio.current_task()
        try:
            found = await self._readers.read(partial(_rows, place=place))
            if self._asking.get(place) is mine:  # else something ended since, and this may be from before
                self._kept[place] = self._elapsed() + KEPT_SECONDS, found
                if len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            return found
        finally:
            if self._asking.get(place) is mine:
                del self._asking[place]

    def __len__(self) -> int:
        return len(self._kept)

    def forget(self) -> None:
        """Forget all rows, also those that are being read: a credential was ended, or may have been."""
        self._kept.clear()
        self._asking.clear()


def _rows(home: Postgres, place: _Place) -> _Rows:
    is_session, key = place
    rows: list[Row | None] = [home.row(Session if is_session else ApiKey, key)]
    if isinstance(rows[0], Session):
        rows.append(home.row(Person, rows[0].person_id))
    return {(type(row), row.id): row for row in rows if row is not None}


def _find(rows: _Rows, kind: type[R], key: str, /) -> R | None:
    found = rows.get((kind, key))
    return found if isinstance(found, kind) else None
