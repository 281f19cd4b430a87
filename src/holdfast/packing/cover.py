"""The page that people read first: what is in a package, what it proves, how to check it, how to object."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from holdfast.evidence.model import CustodyRecorded, EvidenceFact, EvidenceRecorded
from holdfast.kernel.actor import by_role
from holdfast.kernel.clock import SECOND, Instant, moment
from holdfast.kernel.rows import Fact
from holdfast.orders.model import Order
from holdfast.packing import words
from holdfast.parties.model import Merchant
from holdfast.settlement.model import Claim
from holdfast.telling.facts import LONGEST, shown, tell
from holdfast.trail import policy, proof
from holdfast.trail.bag.manifests import Digests
from holdfast.trail.cosignature import seen_at
from holdfast.trail.note import Note
from holdfast.trail.policy import Trust
from holdfast.trail.proof import Receipt
from holdfast.trail.timestamp import Stamp

_BEIJING = dt.timezone(dt.timedelta(hours=8))
_SHOWN = 500
"""Facts that are listed; the others are in the package."""

_NAMED = 5
"""Parties that are named; more are counted."""

_LONGEST_KEY = 160
"""Characters of a key that are shown."""

_KINDS = {"order": Order.called.zh, "merchant": Merchant.called.zh, "claim": Claim.called.zh}
_UNITS = ("字节", "KB", "MB", "GB")
_STEP = 1024


class Contents(NamedTuple):
    """What is in a package: facts, the names of files of evidence by hash, receipts by the facts' ids.

    `policy` is the trust policy in it, `stamp` what its timestamp says.
    """

    subject: str
    facts: Sequence[Fact]
    files: Mapping[str, str]
    receipts: Mapping[str, bytes]
    policy: bytes | None
    stamp: Stamp | None


class Seat(NamedTuple):
    """Where a fact stands in the log, and by when a witness saw it there; empty where none did."""

    leaf_index: int
    seen: str


class Item(NamedTuple):
    """A file of evidence as it is shown; `gap` is the time from its capture to its record."""

    number: int
    body: EvidenceRecorded
    about: str
    media: str
    size: str
    captured: str
    recorded: str
    gap: str
    file: str
    fact_id: str
    seat: Seat | None


class Step(NamedTuple):
    """A line of who had what when, and when that was recorded."""

    number: int
    at: str
    recorded: str
    action: str
    operator: str
    device: str
    note: str


class Told(NamedTuple):
    """A fact in a line, in both languages."""

    at: str
    text: str
    english: str
    seat: Seat | None


class Saw(NamedTuple):
    """A witness: its name in the policy, its key, and when it saw the newest head; empty where it did not."""

    name: str
    key: str
    at: str


class Log(NamedTuple):
    """A log whose heads the receipts lead to."""

    origin: str
    size: int


class Seen(NamedTuple):
    """What the receipts lead to: logs, the policy's witnesses, and the facts' seats by their ids."""

    logs: list[Log]
    witnesses: list[Saw]
    seats: dict[str, Seat]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("holdfast.packing", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = _shown
    return environment


def page(contents: Contents, measured: Mapping[str, Digests], now: Instant) -> str:
    """Return the cover, as one HTML document without scripts that refers to nothing outside of itself.

    Raises:
        BadNote, BadTrust, Untrusted: a receipt or the policy is none, or they do not fit.
    """
    seen = _seen(contents)
    items = _items(contents, seen.seats)
    numbers = {item.body.evidence_id: item.number for item in items}
    kind, _, key = contents.subject.partition(":")
    stamp = contents.stamp
    return (
        _environment()
        .get_template("cover.html.j2")
        .render(
            kind=_KINDS[kind],
            kind_en=kind,
            key=key,
            now=beijing(now),
            parties=_parties(contents.facts),
            items=items,
            custody=[step for fact in contents.facts if (step := _step(fact, numbers)) is not None],
            told=_told(contents, numbers, seen.seats),
            facts=len(contents.facts),
            received=len(contents.receipts),
            logs=seen.logs,
            saw=seen.witnesses,
            signed=[one for one in seen.witnesses if one.at],
            stamp=None if stamp is None else {"at": beijing(stamp.at), "by": stamp.authority or "未具名"},
            files=len(measured),
        )
    )


def beijing(at: Instant) -> str:
    """Write a time as people in China read it, to the second."""
    return moment(at).astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _currency(facts: Sequence[Fact]) -> str:
    named: list[str | None] = [getattr(fact.body, "currency", None) for fact in facts]
    return next((currency for currency in named if currency is not None), "CNY")


def _parties(facts: Sequence[Fact]) -> str:
    """Name the merchants and consumers that facts are about, by their ids on the platform."""
    texts: list[str] = []
    for field, role in (("merchant_id", "商家"), ("consumer_id", "消费者")):
        ids = [each for each in dict.fromkeys(_ids(facts, field)) if each]
        if ids:
            more = f" 等 {len(ids)} 个" if len(ids) > _NAMED else ""
            texts.append(f"{role} {'、'.join(map(_shown, ids[:_NAMED]))}{more}")
    return "；".join(texts)


def _ids(facts: Sequence[Fact], field: str) -> Iterable[str | None]:
    return (getattr(fact.body, field, None) for fact in facts)


def _items(contents: Contents, seats: Mapping[str, Seat]) -> list[Item]:
    found = [(fact, fact.body) for fact in contents.facts if isinstance(fact.body, EvidenceRecorded)]
    return [
        Item(
            number,
            body,
            _about(body),
            words.MEDIA.get(body.media_type, body.media_type),
            _size(body.size_bytes),
            beijing(body.captured_at),
            beijing(fact.at),
            words.span(max(fact.at - body.captured_at, 0)),
            contents.files[body.sha256],
            fact.id,
            seats.get(fact.id),
        )
        for number, (fact, body) in enumerate(found, start=1)
    ]


def _about(body: EvidenceRecorded) -> str:
    """Say whom a file was recorded for."""
    if body.claim_id is not None:
        return f"{_KINDS['claim']} {body.claim_id}（{_KINDS['order']} {body.order_id}）"
    if body.order_id is not None:
        return f"{_KINDS['order']} {body.order_id}"
    return f"{_KINDS['merchant']} {body.merchant_id}"


def _size(size_bytes: int) -> str:
    size, unit = float(size_bytes), 0
    while size >= _STEP and unit < len(_UNITS) - 1:
        size, unit = size / _STEP, unit + 1
    rounded = f"{size:,.1f} {_UNITS[unit]}，共 " if unit else ""
    return f"{rounded}{size_bytes:,} {_UNITS[0]}"


def _step(fact: Fact, numbers: Mapping[str, int]) -> Step | None:
    body = fact.body
    if isinstance(body, EvidenceRecorded):
        at, action, note = body.captured_at, "captured", body.source
    elif isinstance(body, CustodyRecorded):
        at, action, note = body.occurred_at, body.action.value, body.note
    else:
        return None
    return Step(
        numbers.get(body.evidence_id, 0),
        beijing(at),
        beijing(fact.at),
        words.ACTIONS[action],
        body.operator,
        body.device,
        note,
    )


def _told(contents: Contents, numbers: Mapping[str, int], seats: Mapping[str, Seat]) -> list[Told]:
    currency = _currency(contents.facts)
    many = contents.subject.startswith("merchant:")
    lines: list[Told] = []
    for fact in contents.facts[:_SHOWN]:
        body = fact.body
        number = numbers.get(body.evidence_id) if isinstance(body, EvidenceFact) else None
        order_id: str | None = getattr(body, "order_id", None)
        of = f"{_KINDS['order']} {_shown(order_id)}：" if many and order_id is not None else ""
        mark = "" if number is None else f"证据 {number}："
        text = tell(fact, currency, _BEIJING, by_role)
        lines.append(Told(beijing(fact.at), f"{of}{mark}{text.zh}", text.en, seats.get(fact.id)))
    return lines


def _shown(text: str, most: int = LONGEST) -> str:
    return shown(text, most).zh


def _seen(contents: Contents) -> Seen:
    """Return what the receipts lead to: each head is checked once, as the policy in the package has it.

    Raises:
        BadNote, BadTrust, Untrusted: a receipt or the policy is none, or they do not fit.
    """
    receipts = {fact_id: proof.read(data) for fact_id, data in contents.receipts.items()}
    if contents.policy is None:
        return Seen([], [], {key: Seat(one.leaf_index, "") for key, one in receipts.items()})
    trust = policy.read(contents.policy)
    times = {note: _times(trust, note) for note in {one.note for one in receipts.values()}}
    latest: dict[str, Instant] = {}
    for found in times.values():
        for name, at in found.items():
            latest[name] = max(at, latest.get(name, at))
    witnesses = [
        Saw(name, _key(witness.key.encode()), beijing(latest[name]) if name in latest else "")
        for name, witness in trust.witnesses.items()
    ]
    return Seen(
        _logs(receipts.values()), witnesses, {key: _seat(one, times) for key, one in receipts.items()}
    )


def _key(vkey: str) -> str:
    """Return a key for people: one of ML-DSA-44 would fill the page, and its id, before it, is its hash."""
    return vkey if len(vkey) <= _LONGEST_KEY else f"{vkey[:_LONGEST_KEY]}…（全文见 data/policy）"


def _times(trust: Trust, note: Note) -> dict[str, Instant]:
    """Return when the witnesses of a policy saw a head, by their names."""
    _, names = trust.check(note)
    times = {name: seen_at(note, trust.witnesses[name]) for name in names}
    return {name: at * SECOND for name, at in times.items() if at is not None}


def _logs(receipts: Iterable[Receipt]) -> list[Log]:
    sizes: dict[str, int] = {}
    for head in {one.note: one.checkpoint for one in receipts}.values():
        sizes[head.origin] = max(head.size, sizes.get(head.origin, 0))
    return [Log(origin, size) for origin, size in sorted(sizes.items())]


def _seat(receipt: Receipt, times: Mapping[Note, Mapping[str, Instant]]) -> Seat:
    at = min(times[receipt.note].values(), default=None)
    return Seat(receipt.leaf_index, "" if at is None else beijing(at))
