"""Which addresses, kinds of facts and numbers an endpoint may have."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from holdfast.kernel.clock import Instant, iso
from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text, meant
from holdfast.webhooks.model import ReplayDeliveries, Scheme
from holdfast.webhooks.refusals import (
    BadEndpointUrl,
    BadGrace,
    BadReplay,
    NoScheme,
    OneReplayNeeded,
    UnknownFactKind,
)

MAX_URL = 2_048
"""Characters of an address."""

MAX_OF_MERCHANT = 20
"""Endpoints of a merchant that are not removed."""

MAX_GRACE_HOURS = 720
"""So long may an old key sign beside the new one: thirty days."""

_FACT_ID = re.compile("[0-9a-f]{32}")

_OWN_NAMES = (".localhost", ".local", ".internal", ".test", ".lan")

_NO_URL = Text("它不是网址", "it is none")
_NO_HOST = Text("开头不是 https:// 和主机", "it does not begin with https:// and a host")
_PASSWORD = Text("其中有密码", "it has a password")
_FRAGMENT = Text("其中有片段（#）", "it has a fragment (#)")
_UNPRINTED = Text("其中有空格或非 ASCII 字符", "it has a space or a character that is not ASCII")
_PLAIN = Text("公开的主机须用 https", "a public host is sent to by https alone")


def check_url(url: str) -> None:
    """Refuse an address that nothing can be sent to, or that anybody on the way could read.

    Plain http is taken for names and addresses of one's own network alone; whether those are reached at all
    is said where it is delivered.
    """
    reason = _flaw(url)
    if reason is not None:
        raise BadEndpointUrl("url", reason=reason, most=MAX_URL)


def _flaw(url: str) -> Text | None:
    if len(url) > MAX_URL:
        return Text(f"有 {len(url):,} 个字符", f"it has {len(url):,} characters")
    if not url.isascii() or not url.isprintable() or " " in url:
        return _UNPRINTED
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return _NO_URL
    flaws = (
        (parts.scheme not in {"http", "https"} or not parts.hostname or port == 0, _NO_HOST),
        ("@" in parts.netloc, _PASSWORD),
        ("#" in url, _FRAGMENT),
        (parts.scheme == "http" and not _is_own(parts.hostname or ""), _PLAIN),
    )
    return next((reason for found, reason in flaws if found), None)


def _is_own(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_OWN_NAMES)
    return True


def host_of(url: str) -> str:
    """Return the scheme, host and port of an address: what follows may be a secret.

    >>> host_of("https://hooks.example:8443/T0/x?key=1")
    'https://hooks.example:8443'
    """
    parts: SplitResult = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def checked_kinds(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Return kinds of facts, each once; refuse one that there is not."""
    known = sorted(each.__name__ for each in _leaves(FactBody))
    for kind in kinds:
        if kind not in known:
            near = get_close_matches(kind, known, 1)
            raise UnknownFactKind("kinds", kind=kind[:100], meant=meant(near[0] if near else None))
    return tuple(dict.fromkeys(kinds))


def _leaves(kind: type[FactBody]) -> Iterator[type[FactBody]]:
    derived = kind.__subclasses__()
    if not derived:
        yield kind
    for each in derived:
        yield from _leaves(each)


def check_schemes(schemes: tuple[Scheme, ...]) -> None:
    """Refuse no way of signing, and one twice."""
    if not schemes or len(set(schemes)) < len(schemes):
        raise NoScheme("schemes")


def check_grace(hours: int) -> None:
    """Refuse a time that is out of range."""
    if not 0 <= hours <= MAX_GRACE_HOURS:
        raise BadGrace("grace_hours", hours=hours, most=MAX_GRACE_HOURS)


def check_replay(command: ReplayDeliveries, now: Instant) -> None:
    """Refuse several beginnings, none, and one that cannot be."""
    named = (command.from_position, command.since, command.message)
    count = sum(each is not None for each in named)
    if count != 1:
        raise OneReplayNeeded("ReplayDeliveries", count=count)
    if command.from_position is not None and command.from_position < 0:
        reason = Text(
            f"位置 {command.from_position} 为负", f"the position {command.from_position} is negative"
        )
        raise BadReplay("from_position", reason=reason)
    if command.since is not None and command.since > now:
        reason = Text(f"{iso(command.since)} 晚于现在", f"{iso(command.since)} is ahead")
        raise BadReplay("since", reason=reason)
    if command.message is not None and not _FACT_ID.fullmatch(command.message):
        reason = Text(f"{command.message[:64]!r} 不是编号", f"{command.message[:64]!r} is no id")
        raise BadReplay("message", reason=reason)
