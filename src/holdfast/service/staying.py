"""Staying: the session of a person who goes on asking stays open, up to its end."""

from holdfast.access.rules import longest_idle
from holdfast.access.ways import KeepSession
from holdfast.service.admission import ADMITTED, Admitted
from holdfast.service.answers import Asking
from holdfast.service.service import Service

_OFTEN = 4
"""A session is kept open anew once so much of the time is over for which it may rest: a quarter of it."""


async def stay(service: Service, request: Asking) -> None:
    """Keep the session open by which a request comes, if it was not lately."""
    who: Admitted | None = request.scope["state"].get(ADMITTED)
    if who is None or who.caller.idle_at is None:
        return
    longest = longest_idle(who.caller.role)
    if who.caller.idle_at - service.clock.now() < longest - longest // _OFTEN:
        await service.front.submit(KeepSession(session_id=who.caller.credential), None, who.caller.actor)
