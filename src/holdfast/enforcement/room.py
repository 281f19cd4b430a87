"""The declaration of the room of enforcement. See `kernel.room`."""

from collections.abc import Iterator

from holdfast.coverage.model import Coverage
from holdfast.enforcement import handlers
from holdfast.enforcement.checks import CHECKS
from holdfast.enforcement.model import TRANSITIONS, DeclareAbsconded, Stage, WindDown, WithdrawDeclaration
from holdfast.enforcement.settings import SETTINGS
from holdfast.enforcement.sweep import SLICE
from holdfast.enforcement.words import WORDS
from holdfast.kernel.actor import Role
from holdfast.kernel.desk import Page
from holdfast.kernel.index import among
from holdfast.kernel.money import Money
from holdfast.kernel.room import STAYS, Kept, Key, Neighbours, Room, States, Turns
from holdfast.kernel.task import Find, May, TaskKind
from holdfast.kernel.text import Text
from holdfast.ledger.model import Hold
from holdfast.orders.model import OPEN_ORDERS
from holdfast.parties.model import Merchant
from holdfast.settlement.model import HOLDING_CLAIMS, UPHELD_CLAIMS, UPHELD_LATE_CLAIMS, Claim


def _declared(command: DeclareAbsconded | WithdrawDeclaration) -> Iterator[Key]:
    yield WindDown, command.merchant_id


def _of_wind_down(merchant_id: str, fund_hold_id: str | None) -> Iterator[Key]:
    yield Merchant, merchant_id
    if fund_hold_id is not None:
        yield Hold, fund_hold_id


def _of_claim(merchant_id: str) -> Iterator[Key]:
    yield WindDown, merchant_id


def _pages(merchant_id: str, stage: Stage, cursor: str, late: bool) -> Iterator[Page]:  # noqa: FBT001 - a column
    match stage:
        case Stage.ORDERS:
            yield Page(OPEN_ORDERS, merchant_id, cursor, SLICE)
        case Stage.WAITING:
            yield Page(HOLDING_CLAIMS, merchant_id, "", SLICE)
            yield Page(UPHELD_CLAIMS, merchant_id, "", 1)
        case Stage.GATHERING | Stage.SWEEPING:
            yield Page(UPHELD_LATE_CLAIMS if late else UPHELD_CLAIMS, merchant_id, cursor, SLICE)
        case _:
            return


def _exposed(row: WindDown, find: Find) -> Money | None:
    sums = find(Coverage, row.id)
    return None if sums is None else Money(sums.exposure_minor, sums.currency)


DECLARATION = TaskKind(
    "declaration",
    WindDown,
    (among("stage", Stage.DECLARED),),
    since="declared_at",
    within="second_declaration_within",
    role=Role.STAFF,
    at_stake=_exposed,
    may=(May(DeclareAbsconded, {"merchant_id": "id"}), May(WithdrawDeclaration, {"merchant_id": "id"})),
    words=Text(
        "已有工作人员认定商家跑路，货款已冻结：须另一人认定，或撤回",
        "somebody declared that a merchant ran away, and its payouts are held: another person declares, "
        "or it is withdrawn",
    ),
)

ROOM = Room(
    "enforcement",
    handles={DeclareAbsconded: handlers.declare, WithdrawDeclaration: handlers.withdraw},
    keeps=(
        Kept(
            WindDown,
            "wind_downs",
            STAYS,
            states=States("Wind-downs", TRANSITIONS),
            named_after="merchant_id",
        ),
    ),
    touches={DeclareAbsconded: _declared, WithdrawDeclaration: _declared},
    neighbours=(
        Neighbours(WindDown, ("id", "fund_hold_id"), _of_wind_down),
        Neighbours(Claim, ("merchant_id",), _of_claim),
    ),
    turns=(Turns(WindDown, ("id", "stage", "cursor", "late"), _pages),),
    checks=CHECKS,
    settings=SETTINGS,
    words=WORDS,
    tasks=(DECLARATION,),
)
