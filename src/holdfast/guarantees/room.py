"""What the room of guarantees has. See `kernel.room`."""

from collections.abc import Iterator

from holdfast.guarantees import handlers
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
from holdfast.guarantees.words import WORDS
from holdfast.kernel.room import STAYS, Kept, Key, Neighbours, Room, States
from holdfast.ledger import chart
from holdfast.ledger.model import Account
from holdfast.parties.model import Merchant


def _of_guarantee(merchant_id: str, currency: str) -> Iterator[Key]:
    yield Merchant, merchant_id
    for kind in (chart.DEPOSIT, chart.OWED):
        yield Account, chart.merchant(merchant_id, kind, currency)
    for kind in (chart.GUARANTEES, chart.RECEIVABLES, chart.LOSSES):
        yield Account, chart.house(kind, currency)


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
    words=WORDS,
)
