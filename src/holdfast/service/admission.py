"""Admission, which every request passes before its operation: who asks, how often, and whether it may."""

import ipaddress
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from holdfast.access.model import Scope
from holdfast.journal.pages import Subject
from holdfast.kernel.actor import Nature
from holdfast.kernel.clock import Clock
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.service.answers import Asking
from holdfast.service.callers import Caller, Callers, token_of
from holdfast.service.permissions import OPEN, line_of
from holdfast.service.rates import Buckets, Rate, Together
from holdfast.service.reach import OWNERS, Reach
from holdfast.service.readers import Readers
from holdfast.service.refusals import NotPermitted, ScopeMissing, TooMany

READING = frozenset({"GET", "HEAD"})


class Rates(NamedTuple):
    """How often callers ask: the platform's machines, those of owners, and people; how often one may fail.

    `failures` are requests of one address without a credential that lets in. `together` is how many requests
    of one caller are answered at the same time.
    """

    machines: Rate = Rate(10_000, 20_000)
    owners: Rate = Rate(100, 500)
    people: Rate = Rate(50, 200)
    failures: Rate = Rate(5, 50)
    together: int = 256

    def of(self, caller: Caller) -> Rate:
        """Return the rate of a caller."""
        if caller.actor.nature is Nature.PERSON:
            return self.people
        return self.owners if caller.role in OWNERS else self.machines


class Admitted(NamedTuple):
    """A caller that may do an operation: over everything, or over what is of its `owner` alone."""

    caller: Caller
    owner: Subject | None


ADMITTED = "admitted"
"""Where the state of a request has it."""


class Admission:
    """Admits callers, in one process."""

    def __init__(self, readers: Readers, clock: Clock, rates: Rates, elapsed: Callable[[], float]) -> None:
        self.callers = Callers(readers, clock, elapsed)
        self._rates = rates
        self._buckets = Buckets(elapsed)
        self._failures = Buckets(elapsed)
        self._together = Together(rates.together)

    @asynccontextmanager
    async def admitting(self, operation: str, request: Asking) -> AsyncGenerator[None]:
        """Admit a request to an operation while it is answered; who it comes from is in its state.

        Raises:
            NoCredential, BadCredential, RevokedCredential, ExpiredCredential: who asks is not known.
            NotPermitted, ScopeMissing: the caller may not.
            TooMany: it asks too often.
        """
        if operation in OPEN:
            yield
            return
        caller = await self._caller(request)
        state = request.scope["state"]
        with self._together.one_more(caller.credential):
            rate = self._rates.of(caller)
            try:
                state["rate"] = self._buckets.take(caller.credential, rate)
            except TooMany:
                state["rate"] = self._buckets.left(caller.credential, rate)
                raise
            state[ADMITTED] = Admitted(caller, _owner(caller, operation, request.method))
            yield

    def admit_many(self, request: Asking, count: int) -> None:
        """Count a request that has several commands as that many.

        Raises:
            TooMany: its caller asks too often.
        """
        caller = admitted(request).caller
        self._buckets.take(caller.credential, self._rates.of(caller), max(0, count - 1))

    async def _caller(self, request: Asking) -> Caller:
        token = token_of(request.scope["headers"])
        if not self.callers.is_known(token):  # what others guess from there keeps nobody out who was in
            self.check_guesses(request)
        try:
            return await self.callers.of(token)
        except Refusal as refusal:
            if refusal.sort is Sort.UNAUTHENTICATED:
                self.count_guess(request)
            raise

    def check_guesses(self, request: Asking) -> None:
        """Require that not too many credentials came from where a request comes from that let nobody in.

        Raises:
            TooMany: they did.
        """
        self._failures.check(_network(request), self._rates.failures)

    def count_guess(self, request: Asking) -> None:
        """Count a credential that lets nobody in.

        Raises:
            TooMany: there were too many before it.
        """
        self._failures.take(_network(request), self._rates.failures)


def _owner(caller: Caller, operation: str, method: str) -> Subject | None:
    """Return whose things an operation is confined to.

    Raises:
        NotPermitted: it is not for the caller's role.
        ScopeMissing: nor for its key.
    """
    reach = line_of(operation).reach(caller.role)
    if reach is None:
        raise NotPermitted("operation", role=caller.role.called, operation=operation)
    scope = Scope.READ if method in READING else Scope.WRITE
    if scope not in caller.scopes:
        raise ScopeMissing("scope", scope=scope.called)
    return caller.subject if reach is Reach.OWN else None


def admitted_to(who: Admitted, operation: str) -> Admitted:
    """Return what a caller's command within a request reaches.

    Raises:
        NotPermitted: it is not for the caller's role.
        ScopeMissing: nor for its key.
    """
    return Admitted(who.caller, _owner(who.caller, operation, "POST"))


def admitted(request: Asking) -> Admitted:
    """Return who asks, and what that reaches."""
    found: Admitted = request.scope["state"][ADMITTED]
    return found


def _network(request: Asking) -> str:
    """Return where a request comes from; of IPv6 the network, as a host has all addresses of one."""
    client: tuple[str, int] | None = request.scope["client"]
    try:
        address = ipaddress.ip_address("" if client is None else client[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
