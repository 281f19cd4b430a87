"""The options of `holdfast replay`, each with its bounds and its help; one for every assumption."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from holdfast.importers.exports.asking import Asked

_MOST_DAYS = 3650
_MOST_MINOR = 10**15

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE...",
        help="Exports of marketplaces, a folder in Olist's form, a .csv or .parquet file of our own, or demo "
        "or demo-year",
        show_default=False,
    ),
]
Refunds = Annotated[
    list[str] | None,
    typer.Option(
        "--refunds",
        metavar="FILE",
        help="Refunds of the orders of a .csv or .parquet file of our own: order_id, amount, refunded_at; "
        "once for each",
        show_default=False,
    ),
]
Policies = Annotated[
    list[str] | None,
    typer.Option(
        "--policy",
        metavar="POLICY",
        help="full, covered(0.99), delivery_plus(7), rolling_reserve(15%, 30d), fixed_deposit(100000) or a "
        ".toml file; once for each. today is always run too  [default: full and covered(0.99)]",
        show_default=False,
    ),
]
Vanish = Annotated[
    list[str] | None,
    typer.Option(
        "--vanish",
        metavar="MERCHANT@DATE",
        help="It runs away then: a day (from midnight, in --zone, else UTC) or a time; once for each",
        show_default=False,
    ),
]
VanishRandom = Annotated[
    int, typer.Option("--vanish-random", metavar="N", min=0, help="So many more merchants run away")
]
Zone = Annotated[
    str | None,
    typer.Option(
        "--zone",
        metavar="NAME",
        help="Asia/Shanghai, or UTC+8: in which times without an offset are read and days are counted  "
        "[default: UTC for times, the zone of the first policy for days]",
        show_default=False,
    ),
]
Seed = Annotated[int, typer.Option("--seed", metavar="S", help="Seed of the random draws")]
DropEarlier = Annotated[
    bool,
    typer.Option(
        "--drop-earlier",
        help="先删除此前其他回放留在数据库中的模式 Drop the schemas that earlier replays of other policies "
        "left in the database, before this one begins",
    ),
]
Trail = Annotated[
    Path | None,
    typer.Option(
        "--trail",
        metavar="DIR",
        help="Write the facts of the first policy into a log there: a new folder, or an empty log",
        show_default=False,
    ),
]
Report = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE.html", help="Write the report", show_default=False),
]
Rejects = Annotated[
    Path | None,
    typer.Option(
        "--rejects",
        metavar="FILE.csv",
        help="Write the rows that were not taken, and those that the engine refused, under which policy",
        show_default=False,
    ),
]
Repairs = Annotated[
    Path | None,
    typer.Option(
        "--repairs",
        metavar="FILE.csv",
        help="Write the times that contradicted others, and those put in their place",
        show_default=False,
    ),
]
ClaimDays = Annotated[
    int, typer.Option("--claim-days", min=0, max=_MOST_DAYS, help="From a claim to its decision")
]
DeclareDays = Annotated[
    int,
    typer.Option("--declare-days", min=0, max=_MOST_DAYS, help="From vanishing until people declare it"),
]
Score1 = Annotated[
    int, typer.Option("--score-1-percent", min=0, max=100, help="Of the order, claimed with a review of 1")
]
Score2 = Annotated[
    int, typer.Option("--score-2-percent", min=0, max=100, help="Of the order, claimed with a review of 2")
]
RunAwayClaims = Annotated[
    int,
    typer.Option(
        "--run-away-claim-percent",
        min=0,
        max=100,
        help="Of orders in their window, or paused before the debit, those that claim when the merchant runs",
    ),
]
ConsumerLimit = Annotated[
    int,
    typer.Option(
        "--consumer-limit", min=0, max=_MOST_MINOR, help="The most that a consumer may owe, in minor units"
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress and no remarks on stderr")]

Exports = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        help="Exports of marketplaces, in any container, files of our own form, folders of these; or a "
        "folder in Olist's form",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write our own plain form: .parquet or .csv",
        show_default=False,
    ),
]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="FORM",
        help="Read them by this form: a .toml file of your own, or one that is shipped, by name; repeatable",
        show_default=False,
    ),
]
WriteMap = Annotated[
    Path | None,
    typer.Option(
        "--write-map",
        metavar="FILE.toml",
        help="Draft a form from the header and the first rows, for you to look through",
        show_default=False,
    ),
]
Merchant = Annotated[
    str | None,
    typer.Option(
        "--merchant",
        metavar="NAME",
        help="Whose orders they are, where no column says it",
        show_default=False,
    ),
]
Currency = Annotated[
    str | None,
    typer.Option(
        "--currency", metavar="CODE", help="Of their amounts, where no column says it", show_default=False
    ),
]


class Consumers(StrEnum):
    """How the consumer of an order whose buyer is hidden is named."""

    EACH = "each"


class Only(StrEnum):
    """Which orders are taken."""

    PAY_LATER = "pay-later"


Consumer = Annotated[
    Consumers | None,
    typer.Option(
        "--consumer",
        help="each: where buyers are hidden, every order counts as another one's",
        show_default=False,
    ),
]
OnlyThese = Annotated[
    Only | None,
    typer.Option(
        "--only",
        help="pay-later: no others than those the platform marks as paid after use",
        show_default=False,
    ),
]
Links = Annotated[
    Path | None,
    typer.Option(
        "--links",
        metavar="FILE",
        help="Write keyed hashes of the phones, addresses, tracking numbers and devices of orders to this "
        "CSV, for the detection of rings",
        show_default=False,
    ),
]
Key = Annotated[
    Path | None,
    typer.Option(
        "--key",
        metavar="FILE",
        help="Make pseudonyms with this secret, so that buyers are the same in later imports  "
        "[default: one that only who has the very files can make]",
        show_default=False,
    ),
]


def asked(
    merchant: str | None,
    zone: str | None,
    currency: str | None,
    consumer: Consumers | None,
    only: Only | None,
    key: Path | None,
) -> Asked:
    """Return the options that describe exports."""
    secret = b"" if key is None else key.read_bytes()
    return Asked(merchant, zone, currency, consumer is Consumers.EACH, only is Only.PAY_LATER, secret)
