"""The declaration of the room of guarantees. See `kernel.room`."""

from collections.abc import Iterator

from holdfast.guarantees import handlers
from holdfast.guarantees.checks import CHECKS
from holdfast.guarantees.model import (
    GUARANTEES,
    TRANSITIONS,
    Guarantee,
    RecordGuarantee,
    RecordGuaranteePaid,
    RecordGuaranteeRefused,
    RecordIssuerSettled,
    ReleaseGuarantee,
)
from holdfast.guarantees.settings import SETTINGS
from holdfast.guarantees.words import WORDS
from holdfast.kernel.actor import Role
from holdfast.kernel.index import told
from holdfast.kernel.money import Money
from holdfast.kernel.room import STAYS, Kept, Key, Neighbours, Room, States
from holdfast.kernel.task import Find, May, TaskKind
from holdfast.kernel.text import Text
from holdfast.ledger import chart
from holdfast.ledger.model import Account
from holdfast.parties.model import Merchant


def _of_guarantee(merchant_id: str, currency: str) -> Iterator[Key]:
    yield Merchant, merchant_id
    for kind in (chart.DEPOSIT, chart.OWED):
        yield Account, chart.merchant(merchant_id, kind, currency)
    for kind in (chart.GUARANTEES, chart.RECEIVABLES, chart.LOSSES):
        yield Account, chart.house(kind, currency)


def _open(row: Guarantee, _find: Find) -> Money:
    return Money(row.open_minor, row.currency)


CALL_UNANSWERED = TaskKind(
    "call_unanswered",
    Guarantee,
    (told("called_at"),),
    since="called_at",
    within="look_within",
    role=Role.STAFF,
    at_stake=_open,
    may=(
        May(RecordGuaranteePaid, {"guarantee_id": "id"}),
        May(RecordGuaranteeRefused, {"guarantee_id": "id"}),
    ),
    words=Text(
        "开立人逾期未答复索付：请催问",
        "an issuer did not answer what was called of its guarantee: ask it",
    ),
    answered_within="issuer_answer_within",
)

ROOM = Room(
    "guarantees",
    handles={
        RecordGuarantee: handlers.record,
        ReleaseGuarantee: handlers.release,
        RecordGuaranteePaid: handlers.paid,
        RecordGuaranteeRefused: handlers.refused,
        RecordIssuerSettled: handlers.settled,
    },
    keeps=(
        Kept(
            Guarantee,
            "guarantees",
            STAYS,
            begun_by={"GuaranteeRecorded": "guarantee_id"},
            fixed=(
                "merchant_id",
                "currency",
                "kind",
                "issuer",
                "limit_minor",
                "starts_at",
                "ends_at",
                "call",
                "excludes",
                "share_bp",
                "counts_until",
                "call_by",
            ),
            indexes=(GUARANTEES,),
            states=States("Guarantees", TRANSITIONS),
        ),
    ),
    names={"guarantee_id": (Guarantee,)},
    neighbours=(Neighbours(Guarantee, ("merchant_id", "currency"), _of_guarantee),),
    checks=CHECKS,
    settings=SETTINGS,
    words=WORDS,
    tasks=(CALL_UNANSWERED,),
)
