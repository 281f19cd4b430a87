"""`holdfast verify`: the same as `holdfast-verify`, for those who have all of Holdfast."""

from pathlib import Path
from typing import Annotated

import typer

from holdfast.cli.places import AsJson, Lang, Language

Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...", help="Files that were handed over; their bytes tell their kind", show_default=False
    ),
]
Policy = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        metavar="FILE",
        help="Whom to believe: the log's trust policy (c2sp.org/tlog-policy)",
        show_default=False,
    ),
]
Log = Annotated[
    Path | None,
    typer.Option(
        "--log", metavar="DIR", help="The files of the log (c2sp.org/tlog-tiles)", show_default=False
    ),
]
PromiseKey = Annotated[
    Path | None,
    typer.Option(
        "--promise-key",
        metavar="FILE",
        help="The key of its promises; else promise.vkey beside the policy",
        show_default=False,
    ),
]
TsaRoot = Annotated[
    list[Path] | None,
    typer.Option(
        "--tsa-root",
        metavar="FILE",
        help="A timestamp authority's root certificate; once for each",
        show_default=False,
    ),
]
NewerThan = Annotated[
    str | None,
    typer.Option(
        "--newer-than",
        metavar="ISO",
        help="Refuse heads that enough witnesses have not seen since then",
        show_default=False,
    ),
]


def verify(
    files: Files,
    policy: Policy = None,
    log: Log = None,
    promise_key: PromiseKey = None,
    tsa_root: TsaRoot = None,
    newer_than: NewerThan = None,
    lang: Lang = Language.BOTH,
    *,
    as_json: AsJson = False,
) -> None:
    """Say what receipts, checkpoints, promises and packages prove and what not: offline, believing nobody."""
    from holdfast.verify.main import Options, run  # noqa: PLC0415 - it takes 0.1 s to import

    options = Options(
        files, policy, log, promise_key, tsa_root or (), newer_than, lang.value, as_json=as_json
    )
    raise typer.Exit(run(options))
