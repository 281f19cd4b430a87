"""Decoding stored facts of every revision into today's form, in which only the actor tells who acted."""

import msgspec
from msgspec.structs import replace

from holdfast.kernel.actor import Actor, parse
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Fact, FactBody


class _By(msgspec.Struct, frozen=True):
    """The field `by` of old bodies, a name or a list of names, of which the last one acted."""

    by: str | tuple[str, ...] = ""


_BY = msgspec.json.Decoder(_By)


def read(key: str, at: Instant, decoded: FactBody, body: bytes, actor: str | None) -> Fact:
    """Return a fact of any revision.

    Args:
        key: its id.
        at: when it happened.
        decoded: its body, as today's kind reads it.
        body: its body as it is stored, which may say more.
        actor: its actor's line; None where it was recorded before there were any.
    """
    acted = None if actor is None else parse(actor)
    if decoded.told_by is not None and (by := _BY.decode(body).by):
        decoded, acted = _told(decoded, by, acted)
    return Fact(key, at, decoded, acted)


def _told(decoded: FactBody, by: str | tuple[str, ...], recorded: Actor | None) -> tuple[FactBody, Actor]:
    assert decoded.told_by is not None
    actor = decoded.told_by.actor(by if isinstance(by, str) else by[-1], recorded)
    name = decoded.told_by.kept_as
    return (replace(decoded, **{name: by}) if name and actor.id != by else decoded), actor
