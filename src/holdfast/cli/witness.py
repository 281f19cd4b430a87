"""`holdfast witness`: watch logs, and cosign their heads when they only grew."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holdfast.cli.problems import answering
from holdfast.kernel.clock import SECOND, SystemClock
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import REFUSED
from holdfast.kernel.text import Text

if TYPE_CHECKING:
    from holdfast.trail.keys import LogVerifier

_DEFAULT_PORT = 7690

Place = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER",
        help="Folder of its key and of its memory; made where it is missing",
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
        help="Its name, for ever: a URL of yours without https://  [default: witness.example/w1]",
        show_default=False,
    ),
]
Host = Annotated[str, typer.Option("--host", help="The address to listen on")]
Port = Annotated[int, typer.Option("--port", min=0, max=65_535, help="The port; 0 takes a free one")]
MlDsa = Annotated[
    bool, typer.Option("--ml-dsa", help="Make a key of ML-DSA-44 instead of Ed25519, on the first start")
]
Status = Annotated[
    bool, typer.Option("--status", help="Tell how far it has cosigned each of the logs, and do nothing else")
]
ClockIsRight = Annotated[
    bool,
    typer.Option(
        "--clock-is-right",
        help="A clock that was wrong dated cosignatures in the future: date them anew",
    ),
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
    status: Status = False,
    clock_is_right: ClockIsRight = False,
) -> None:
    """Cosign the heads of logs that only grew, until Ctrl-C or SIGTERM; print the witness's vkey first."""
    # They take 0.4 s to import, which the other commands need not wait for.
    from holdfast.trail.findings import when  # noqa: PLC0415
    from holdfast.witness import server  # noqa: PLC0415
    from holdfast.witness.cosigner import Witness  # noqa: PLC0415
    from holdfast.witness.key import Algorithm, signer_of  # noqa: PLC0415
    from holdfast.witness.logs import watched  # noqa: PLC0415

    if not log and not show_key:
        raise typer.BadParameter("name the logs to watch", param_hint="--log")
    with answering(as_json=False, interrupted="Nothing was cosigned."):
        logs = [] if show_key else watched(log or [])
        if status:
            _tell(folder, logs)
            return
        signer = signer_of(folder, name, Algorithm.ML_DSA_44 if ml_dsa else None)
        sys.stdout.write(signer.verifier.encode() + "\n")
        sys.stdout.flush()
        if show_key:
            return
        watching = Witness(folder, signer, logs, SystemClock(), clock_is_right=clock_is_right)
        with watching as made, server.listener(host, port) as listening:
            for refusal in made.damaged:
                sys.stderr.write(_lines(_not_cosigned(refusal)))
            for origin, at in made.ahead().items() if not clock_is_right else ():
                sys.stderr.write(_lines(_AHEAD.fill(origin=origin, at=when(at))))
            zh, en = _LISTENING.fill(url=server.url_of(listening))
            sys.stderr.write(f"{en}\n{zh}\n")  # scripts look for the English line
            server.serve(made, listening)


_AHEAD = Text(
    "{origin}：签署时间 {at} 尚未到来；此前树头都标此时间。时钟现已正确的，请以 --clock-is-right 启动",
    "{origin}: cosigned at {at}, which has not come; until then all of its heads are dated so. If the clock "
    "is right now, start with --clock-is-right",
)
_LISTENING = Text("正在监听 {url}；按 Ctrl-C 结束", "listening on {url}; Ctrl-C ends it")
_NEVER = Text("从未签署", "never cosigned")
_LAST = Text("{size} 条，签署于 {at}", "{size} leaves, cosigned at {at}")


def _lines(told: Text, before: str = "") -> str:
    return "".join(f"{before}{line}\n" for line in told)


def _not_cosigned(refusal: "Refusal") -> Text:
    told = Text("未签署：{line}", "not cosigned: {line}")
    return told.fill(line=refusal.record().lines())


def _tell(folder: Path, logs: "list[LogVerifier]") -> None:
    """Write the newest head of each log that the witness of a folder remembers; it may run meanwhile.

    Raises:
        typer.Exit: its memory of a log is damaged.
    """
    from holdfast.trail import checkpoint  # noqa: PLC0415 - see `witness`
    from holdfast.trail.cosignature import WitnessVerifier, seen_at  # noqa: PLC0415
    from holdfast.trail.findings import when  # noqa: PLC0415
    from holdfast.witness.key import VKEY, signer_of  # noqa: PLC0415
    from holdfast.witness.memory import damage, last  # noqa: PLC0415

    if not (folder / VKEY).is_file():
        raise typer.BadParameter("there is no witness in this folder", param_hint="FOLDER")
    key = WitnessVerifier(signer_of(folder).verifier)
    damaged = False
    for origin in dict.fromkeys(log.name for log in logs):
        if refusal := damage(folder, key, origin):
            damaged = True
            sys.stdout.write(_lines(_not_cosigned(refusal), f"{origin}  "))
        elif (found := last(folder, key, origin)) is None:
            sys.stdout.write(_lines(_NEVER, f"{origin}  "))
        else:
            at = when((seen_at(found, key) or 0) * SECOND)
            told = _LAST.fill(size=checkpoint.of(found).size, at=at)
            sys.stdout.write(_lines(told, f"{origin}  "))
    if damaged:
        raise typer.Exit(REFUSED)
