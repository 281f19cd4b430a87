"""The page that people read first: what is in a package, what it proves and what not, and how to check it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from holdfast.evidence.model import CustodyRecorded, EvidenceRecorded
from holdfast.kernel.clock import SECOND, Instant, moment
from holdfast.kernel.rows import Fact
from holdfast.packing import words
from holdfast.trail import policy, proof
from holdfast.trail.bag_manifests import Digests
from holdfast.trail.cosignature import seen_at

_BEIJING = dt.timezone(dt.timedelta(hours=8))
_SHOWN = 500
"""Facts that are listed; the others are in the package."""

_UNITS = ("字节", "KB", "MB", "GB")
_STEP = 1024


class Contents(NamedTuple):
    """What is in a package: facts, the names of files of evidence by hash, receipts by the facts' ids."""

    subject: str
    facts: Sequence[Fact]
    files: Mapping[str, str]
    receipts: Mapping[str, bytes]
    policy: bytes | None
    stamped: bool


class Item(NamedTuple):
    """A file of evidence as it is shown."""

    number: int
    body: EvidenceRecorded
    media: str
    size: str
    captured: str
    recorded: str
    file: str
    fact_id: str
    received: bool


class Step(NamedTuple):
    """A line of who had what when."""

    number: int
    at: str
    action: str
    operator: str
    device: str
    note: str


class Saw(NamedTuple):
    """A witness: its name in the policy, its key, and when it saw the newest head; empty where it did not."""

    name: str
    key: str
    at: str


class Log(NamedTuple):
    """A log whose heads the receipts lead to."""

    origin: str
    size: int


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("holdfast.packing", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(contents: Contents, measured: Mapping[str, Digests], now: Instant) -> str:
    """Return the cover, as one HTML document without scripts that refers to nothing outside of itself."""
    items = _items(contents)
    numbers = {item.body.evidence_id: item.number for item in items}
    logs, saw = _seen(contents)
    kind, _, key = contents.subject.partition(":")
    return (
        _environment()
        .get_template("cover.html.j2")
        .render(
            kind={"order": "订单", "merchant": "商家", "claim": "赔付申请"}[kind],
            key=key,
            now=beijing(now),
            items=items,
            custody=[step for fact in contents.facts if (step := _step(fact, numbers)) is not None],
            told=[(beijing(f.at), words.tell(f, _currency(contents.facts))) for f in contents.facts[:_SHOWN]],
            facts=len(contents.facts),
            received=len(contents.receipts),
            logs=logs,
            saw=saw,
            stamped=contents.stamped,
            files=len(measured),
        )
    )


def beijing(at: Instant) -> str:
    """Write a time as people in China read it, to the second."""
    return moment(at).astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _currency(facts: Sequence[Fact]) -> str:
    named: list[str | None] = [getattr(fact.body, "currency", None) for fact in facts]
    return next((currency for currency in named if currency is not None), "CNY")


def _items(contents: Contents) -> list[Item]:
    found = [(fact, fact.body) for fact in contents.facts if isinstance(fact.body, EvidenceRecorded)]
    return [
        Item(
            number,
            body,
            words.MEDIA.get(body.media_type, body.media_type),
            _size(body.size_bytes),
            beijing(body.captured_at),
            beijing(fact.at),
            contents.files[body.sha256].removeprefix("data/"),
            fact.id,
            fact.id in contents.receipts,
        )
        for number, (fact, body) in enumerate(found, start=1)
    ]


def _size(size_bytes: int) -> str:
    size, unit = float(size_bytes), 0
    while size >= _STEP and unit < len(_UNITS) - 1:
        size, unit = size / _STEP, unit + 1
    return f"{size:,.1f} {_UNITS[unit]}" if unit else f"{size_bytes} {_UNITS[0]}"


def _step(fact: Fact, numbers: Mapping[str, int]) -> Step | None:
    body = fact.body
    if isinstance(body, EvidenceRecorded):
        at, action, note = body.captured_at, "captured", body.source
    elif isinstance(body, CustodyRecorded):
        at, action, note = body.occurred_at, body.action.value, body.note
    else:
        return None
    return Step(
        numbers.get(body.evidence_id, 0), beijing(at), words.ACTIONS[action], body.operator, body.device, note
    )


def _seen(contents: Contents) -> tuple[list[Log], list[Saw]]:
    """Return the logs that the receipts lead to, and the witnesses of the policy with what they saw.

    Raises:
        BadNote, BadTrust, Untrusted: a receipt or the policy is none, or they do not fit.
    """
    if contents.policy is None:
        return [], []
    trust = policy.read(contents.policy)
    notes = {found.note for data in contents.receipts.values() for found in [proof.read(data)]}
    sizes: dict[str, int] = {}
    times: dict[str, Instant] = {}
    for note in notes:
        head, names = trust.check(note)
        sizes[head.origin] = max(head.size, sizes.get(head.origin, 0))
        for name in names:
            at = (seen_at(note, trust.witnesses[name]) or 0) * SECOND
            times[name] = max(at, times.get(name, at))
    witnesses = [
        Saw(name, witness.key.encode(), beijing(times[name]) if name in times else "")
        for name, witness in trust.witnesses.items()
    ]
    return [Log(origin, size) for origin, size in sorted(sizes.items())], witnesses
