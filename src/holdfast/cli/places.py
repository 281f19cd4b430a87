"""Options that most commands have: which database, and in which form the answer is."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from holdfast.server import DEFAULT_DATA

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        help=f"Folder of the embedded server; else HOLDFAST_DATA, else ./{DEFAULT_DATA}",
        show_default=False,
    ),
]
Url = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        metavar="URL",
        help="A PostgreSQL server of your own, version 15 or newer; else HOLDFAST_DATABASE_URL",
        show_default=False,
    ),
]
Erasures = Annotated[
    Path | None,
    typer.Option(
        "--erasures",
        metavar="FILE",
        help="The list of erasures, which names nobody; else HOLDFAST_ERASURES, else the data folder's name "
        "with -erasures.jsonl, beside it",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Write one JSON document to stdout")]


class Language(StrEnum):
    """Which language the answer is in."""

    ZH = "zh"
    EN = "en"
    BOTH = "both"


Lang = Annotated[Language, typer.Option("--lang", help="The language of the answer")]
Zone = Annotated[
    str | None,
    typer.Option(
        "--zone",
        metavar="NAME",
        help="On whose clocks times are read: Europe/Berlin, or UTC+8; else those of the policy in force",
        show_default=False,
    ),
]
