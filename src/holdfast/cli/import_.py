"""`holdfast import`: exports of marketplaces into our own plain form.

The result goes to stdout, progress and refusals to stderr. Files are whole or not there.
"""

from typing import Annotated

import typer

from holdfast.cli import options
from holdfast.cli.places import AsJson
from holdfast.cli.problems import answering


def import_(
    files: options.Exports,
    output: options.Output = None,
    maps: options.Map = None,
    draft_to: options.WriteMap = None,
    merchant: options.Merchant = None,
    zone: options.Zone = None,
    currency: options.Currency = None,
    consumer: options.Consumer = None,
    only: options.OnlyThese = None,
    key: options.Key = None,
    rejects_to: options.Rejects = None,
    repairs_to: options.Repairs = None,
    links_to: options.Links = None,
    *,
    explained: Annotated[
        bool,
        typer.Option("--explain", help="Tell how the files are read, and what will be asked; take nothing"),
    ] = False,
    as_json: AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Read exports of marketplaces: explain how, ask for missing details, write one plain form."""
    if output is None and not explained and draft_to is None:
        raise typer.BadParameter("say where to with -o FILE.parquet; or look first with --explain")
    from holdfast.cli import importing  # noqa: PLC0415 - it takes a second to import

    with answering(as_json=as_json, interrupted="Nothing was written."):
        asked = options.asked(merchant, zone, currency, consumer, only, key)
        wanted = importing.Wanted(
            files,
            maps or [],
            asked,
            output,
            draft_to,
            rejects_to,
            repairs_to,
            links_to,
            explained,
            as_json,
            quiet,
        )
        importing.take(wanted)
