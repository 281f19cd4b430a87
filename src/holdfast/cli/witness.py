"""`holdfast witness`: watch logs, and cosign their heads when they only grew."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from holdfast.cli.problems import answering
from holdfast.kernel.clock import SystemClock

_DEFAULT_PORT = 7690

Place = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER",
        help="Where its key is and what it remembers; made where it is missing",
        show_default=False,
    ),
]
Log = Annotated[
    list[str] | None,
    typer.Option(
        "--log",
        metavar="POLICY_OR_VKEY",
        help="A log to watch, by its vkey, or a trust policy file, for its logs; once for each",
        show_default=False,
    ),
]
Name = Annotated[
    str | None,
    typer.Option(
        "--name",
        metavar="NAME",
        help="What it is called, for ever: a URL of yours without https://  [default: witness.example/w1]",
        show_default=False,
    ),
]
Host = Annotated[str, typer.Option("--host", help="The address to listen on")]
Port = Annotated[int, typer.Option("--port", min=0, max=65_535, help="The port; 0 takes a free one")]
MlDsa = Annotated[
    bool, typer.Option("--ml-dsa", help="Make a key of ML-DSA-44 instead of Ed25519, on the first start")
]
ShowKey = Annotated[bool, typer.Option("--show-key", help="Print the vkey, and do nothing else")]


def witness(
    folder: Place,
    log: Log = None,
    name: Name = None,
    host: Host = "127.0.0.1",
    port: Port = _DEFAULT_PORT,
    *,
    ml_dsa: MlDsa = False,
    show_key: ShowKey = False,
) -> None:
    """Cosign the heads of logs that only grew, until Ctrl-C or SIGTERM; print the witness's vkey first."""
    # They take 0.4 s to import, which the other commands need not wait for.
    from holdfast.witness import server  # noqa: PLC0415
    from holdfast.witness.cosigner import Witness  # noqa: PLC0415
    from holdfast.witness.key import Algorithm, signer_of  # noqa: PLC0415
    from holdfast.witness.logs import watched  # noqa: PLC0415

    if not log and not show_key:
        raise typer.BadParameter("name the logs to watch", param_hint="--log")
    with answering(as_json=False, interrupted="Nothing was cosigned."):
        logs = [] if show_key else watched(log or [])
        signer = signer_of(folder, name, Algorithm.ML_DSA_44 if ml_dsa else None)
        sys.stdout.write(signer.verifier.encode() + "\n")
        sys.stdout.flush()
        if show_key:
            return
        with Witness(folder, signer, logs, SystemClock()) as made, server.listener(host, port) as listening:
            sys.stderr.write(f"listening on {server.url_of(listening)}; Ctrl-C ends it\n")
            server.serve(made, listening)
