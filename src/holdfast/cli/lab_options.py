"""Options that several commands of `holdfast lab` have."""

import os
from pathlib import Path
from typing import Annotated

import typer

from holdfast.lab.effort import FULL_FROM_RUNS, Learning

Processes = Annotated[
    int,
    typer.Option(
        "--processes",
        metavar="K",
        min=0,
        max=1024,
        help="How many processes work at once; 0: one for each processor",
    ),
]
Finished = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        help="Folder where finished runs are kept until all are done  "
        "[default: HOLDFAST_DATA or holdfast-data]",
        show_default=False,
    ),
]

Learn = Annotated[
    Learning | None,
    typer.Option(
        "--learn",
        help="How hard the learning adversary searches  "
        f"[default: quick, and full from {FULL_FROM_RUNS} runs on]",
        show_default=False,
    ),
]


def folder(data: Path | None) -> Path:
    """Return the folder in which finished runs are kept."""
    return (data or Path(os.environ.get("HOLDFAST_DATA") or "holdfast-data")) / "lab"
