"""Declaring a merchant absconded: two people, or nothing."""

from msgspec.structs import replace

from holdfast.coverage.book import count_run_away
from holdfast.enforcement.model import (
    TRANSITIONS,
    AbscondingDeclared,
    DeclarationWithdrawn,
    DeclareAbsconded,
    MerchantAbsconded,
    Stage,
    WindDown,
    WithdrawDeclaration,
)
from holdfast.enforcement.refusals import NotTheDeclarer, SamePerson
from holdfast.kernel.actor import read_as
from holdfast.kernel.clock import Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.money import Money
from holdfast.kernel.rows import FactBody
from holdfast.kernel.states import advance
from holdfast.parties.model import TRANSITIONS as STANDINGS
from holdfast.parties.model import Merchant, Owner
from holdfast.parties.rules import owing_more
from holdfast.policy.model import adopted
from holdfast.settlement.model import Debt


def declare(desk: Desk, command: DeclareAbsconded, now: Instant) -> list[FactBody]:
    """Take one person's declaration; with enough of them the wind-down begins.

    Raises:
        WrongState: the merchant absconded already.
        SamePerson: this person has declared it before.
    """
    merchant = desk.need(Merchant, command.merchant_id)
    where = f"merchant:{merchant.id}"
    status = advance(STANDINGS, merchant.status, "DeclareAbsconded", where)
    found = desk.find(WindDown, merchant.id)
    if found is None or found.stage is Stage.WITHDRAWN:
        return _first(desk, merchant, command, found, now)
    stage = advance(TRANSITIONS, found.stage, "DeclareAbsconded", where)
    person = desk.actor.id
    if read_as(person) in map(read_as, found.declared_by):
        raise SamePerson(where, person=person)
    people = (*found.declared_by, person)
    if len(people) < adopted(desk, desk.policy_version).declarations:
        desk.put(replace(found, declared_by=people), found)
        return [AbscondingDeclared(merchant_id=merchant.id, reason=command.reason)]
    # There is no way back from this status: enough people have declared, each an actor of its own. From this
    # commit on orders are cancelled and money is shared out, so the exposure and the cover of this moment are
    # kept in the fact.
    desk.put(replace(merchant, status=status), merchant)
    desk.put(replace(found, stage=stage, declared_by=people, declared_at=now, wake_at=now), found)
    debt = desk.find(Debt, merchant.id)
    owed = Money(0 if debt is None else debt.owed_minor, merchant.currency)
    for owner_id in merchant.owner_ids:
        owner = desk.need(Owner, owner_id)
        desk.put(replace(owner, absconded=True, ran_at=now, debts=owing_more(owner.debts, owed)), owner)
    sums = count_run_away(desk, merchant.id, now)
    return [
        MerchantAbsconded(
            merchant_id=merchant.id,
            owner_ids=merchant.owner_ids,
            declared_by=people,
            reason=found.reason,
            exposure_minor=sums.exposure_minor,
            cover_minor=sums.all_cover_minor,
        )
    ]


def _first(
    desk: Desk, merchant: Merchant, command: DeclareAbsconded, found: WindDown | None, now: Instant
) -> list[FactBody]:
    """Hold the payouts: a delay that one person may cause, and undo."""
    desk.put(replace(merchant, payouts_held=True), merchant)
    desk.put(
        WindDown(
            id=merchant.id,
            stage=Stage.DECLARED,
            declared_by=(desk.actor.id,),
            reason=command.reason,
            declared_at=now,
        ),
        found,
    )
    return [AbscondingDeclared(merchant_id=merchant.id, reason=command.reason)]


def withdraw(desk: Desk, command: WithdrawDeclaration, _now: Instant) -> list[FactBody]:
    """Take a person's own declaration back, while there are too few; those of others stand.

    Raises:
        WrongState: nothing is declared, or the wind-down has begun.
        NotTheDeclarer: this person has not declared it.
    """
    merchant = desk.need(Merchant, command.merchant_id)
    row = desk.need(WindDown, merchant.id)
    where = f"merchant:{merchant.id}"
    stage = advance(TRANSITIONS, row.stage, "WithdrawDeclaration", where)
    person = desk.actor.id
    left = tuple(other for other in row.declared_by if read_as(other) != read_as(person))
    if left == row.declared_by:
        raise NotTheDeclarer(where, person=person, declarer=", ".join(row.declared_by))
    if not left:
        stage = advance(TRANSITIONS, row.stage, "last_withdrawn", where)
        desk.put(replace(merchant, payouts_held=False), merchant)
    desk.put(replace(row, stage=stage, declared_by=left), row)
    return [DeclarationWithdrawn(merchant_id=merchant.id, left=len(left))]
