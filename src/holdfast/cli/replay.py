"""`holdfast replay`: a market's history run through the engine, with consumers' losses under each policy.

The answer goes to stdout, progress and refusals to stderr. Files are whole or not there.
"""

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from holdfast.cli import options
from holdfast.cli.places import AsJson, Data, Url
from holdfast.cli.problems import answering
from holdfast.importers.history import Vanishing
from holdfast.kernel import clock, zones
from holdfast.replay.world import Assumptions


class HomeName(StrEnum):
    """Which home the replay runs in."""

    MEMORY = "memory"
    POSTGRES = "postgres"


_BARE = Assumptions()


def replay(
    sources: options.Sources,
    refunds: options.Refunds = None,
    maps: options.Map = None,
    merchant: options.Merchant = None,
    currency: options.Currency = None,
    consumer: options.Consumer = None,
    only: options.OnlyThese = None,
    key: options.Key = None,
    policy: options.Policies = None,
    vanish: options.Vanish = None,
    vanish_random: options.VanishRandom = 0,
    seed: options.Seed = 0,
    zone: options.Zone = None,
    home: Annotated[HomeName, typer.Option(help="Where rows and facts are kept")] = HomeName.MEMORY,
    trail: options.Trail = None,
    report_to: options.Report = None,
    rejects_to: options.Rejects = None,
    repairs_to: options.Repairs = None,
    claim_days: options.ClaimDays = _BARE.claim_days,
    declare_days: options.DeclareDays = _BARE.declare_days,
    score_1_percent: options.Score1 = _BARE.score_1_percent,
    score_2_percent: options.Score2 = _BARE.score_2_percent,
    run_away_claim_percent: options.RunAwayClaims = _BARE.run_away_claim_percent,
    consumer_limit: options.ConsumerLimit = _BARE.consumer_limit_minor,
    data: Data = None,
    database_url: Url = None,
    *,
    drop_earlier: options.DropEarlier = False,
    as_json: AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Run a market's history through the engine: consumers' losses today, and under our policies.

    The exit code is 3 where a policy took not one order: there is nothing that it can be judged by.
    """
    _check_home(home, data, database_url, drop_earlier=drop_earlier)
    with answering(as_json=as_json, interrupted="Nothing was read."):
        place = zones.zone(zone or zones.UTC)
        exports = options.asked(merchant, zone, currency, consumer, only, key)
    named = [_vanishing(text, place) for text in vanish or []]
    shares = (score_1_percent, score_2_percent, run_away_claim_percent)
    assumptions = _assumptions((claim_days, declare_days), shares, consumer_limit)
    from holdfast.cli.replaying import Asked, Files, Vanished, Where, play  # noqa: PLC0415 - it takes 2 s

    files = Files(sources, refunds or [], maps or [], trail, report_to, rejects_to, repairs_to)
    vanished, where = Vanished(named, vanish_random), Where(home, (data, database_url), drop_earlier)
    play(Asked(files, exports, policy or [], vanished, seed, zone, where, assumptions, as_json, quiet))


def _check_home(home: HomeName, data: Path | None, url: str | None, *, drop_earlier: bool) -> None:
    """Refuse options of a database where there is none."""
    if home is HomeName.MEMORY and (data is not None or url is not None):
        raise typer.BadParameter("--data and --database-url need --home postgres")
    if home is HomeName.MEMORY and drop_earlier:
        raise typer.BadParameter("--drop-earlier needs --home postgres")


def _assumptions(days: tuple[int, int], shares: tuple[int, int, int], limit_minor: int) -> Assumptions:
    """Return the assumptions: days until a claim and a run-away are decided, shares that are claimed."""
    return Assumptions(
        claim_days=days[0],
        declare_days=days[1],
        score_1_percent=shares[0],
        score_2_percent=shares[1],
        run_away_claim_percent=shares[2],
        consumer_limit_minor=limit_minor,
    )


def _vanishing(text: str, place: dt.tzinfo) -> Vanishing:
    merchant_id, _, date = text.rpartition("@")
    if not merchant_id:
        raise typer.BadParameter(f"{text!r} is not of the form MERCHANT@YYYY-MM-DD", param_hint="--vanish")
    try:
        at = dt.datetime.fromisoformat(date)
        return Vanishing(
            merchant_id, clock.instant(at if at.tzinfo is not None else at.replace(tzinfo=place))
        )
    except ValueError:
        raise typer.BadParameter(
            f"{date!r} is no date; write MERCHANT@YYYY-MM-DD", param_hint="--vanish"
        ) from None
