"""The options of `holdfast replay`, each with its bounds and its help; one for every assumption."""

from pathlib import Path
from typing import Annotated

import typer

_MOST_DAYS = 3650
_MOST_MINOR = 10**15

Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="A folder in Olist's form, a .csv or .parquet file of our own, or demo or demo-year",
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
Seed = Annotated[int, typer.Option("--seed", metavar="S", help="What chance is drawn from")]
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
        help="Write the rows that were not taken, and what the engine refused, under which policy",
        show_default=False,
    ),
]
Repairs = Annotated[
    Path | None,
    typer.Option(
        "--repairs",
        metavar="FILE.csv",
        help="Write the times that contradicted others, and what they became",
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
    typer.Option("--consumer-limit", min=0, max=_MOST_MINOR, help="What a consumer may owe, in minor units"),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress and no remarks on stderr")]
