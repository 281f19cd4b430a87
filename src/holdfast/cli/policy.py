"""`holdfast policy`: the versions that were in force in a database, for anyone who asks (网络交易 art 28)."""

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from rich.cells import cell_len

from holdfast.cli.documents import write_json
from holdfast.cli.places import AsJson, Data, Url, Zone
from holdfast.cli.problems import answering
from holdfast.cli.reading import Schema, wired
from holdfast.kernel import clock, zones
from holdfast.kernel.clock import Instant
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

if TYPE_CHECKING:
    from holdfast.policy.versions import Period

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="The versions of the policy: which was in force when, with its text; for anybody to read.",
)

Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="DATE",
        help="No version that had ended by then: 2026-01-31, from its midnight in --zone, or a time",
        show_default=False,
    ),
]
Version = Annotated[
    str, typer.Argument(metavar="VERSION", help="As `versions` writes it, in quotes", show_default=False)
]
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that is served", show_default=False)]

_READ_ONLY = "Nothing was changed."


class PolicyNeverInForce(Refusal):
    """A version of the policy was never in force in this database."""

    code = "policy_never_in_force"
    sort = Sort.NOT_FOUND
    what = Text(
        "规则版本 {version!r} 从未在此生效", "version {version!r} of the policy was never in force here"
    )
    fix = Text(
        "{near}请写 `holdfast policy versions` 列出的版本，并加引号",
        "{near}Write one of those that `holdfast policy versions` lists, in quotes",
    )


class _Read(NamedTuple):
    """The adoptions in the journal: every period, newest first, and the time zone to write times in."""

    periods: "list[Period]"
    zone: str

    def written(self, at: Instant) -> str:
        return zones.written(at, zones.zone(self.zone))

    def document(self, period: "Period") -> dict[str, str | None]:
        until = None if period.until is None else self.written(period.until)
        return {"since": self.written(period.since), "until": until, "fact": period.fact_id}


@app.command()
def versions(
    since: Since = None,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    zone: Zone = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List every version that was in force, from when to when, newest first."""
    from holdfast.policy.versions import in_force_after  # noqa: PLC0415

    with answering(as_json=as_json, interrupted=_READ_ONLY):
        read = _read((data, database_url, schema), zone)
        told = read.periods if since is None else in_force_after(read.periods, _instant(since, read.zone))
        if as_json:
            listed = [{"version": period.version, **read.document(period)} for period in told]
            write_json({"zone": read.zone, "versions": listed})
        else:
            sys.stdout.writelines(_lines(read, told))


@app.command()
def show(
    version: Version,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    zone: Zone = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Write a version as a TOML file, which `holdfast replay --policy` reads; or as JSON, as it is kept."""
    from holdfast.policy.versions import of_version  # noqa: PLC0415
    from holdfast.policy_files.writing import as_toml  # noqa: PLC0415

    with answering(as_json=as_json, interrupted=_READ_ONLY):
        read = _read((data, database_url, schema), zone)
        found = of_version(read.periods, version)
        if not found:
            raise _unknown(version, read.periods)
        if as_json:
            periods = [read.document(period) for period in found]
            write_json({"policy": found[0].policy, "zone": read.zone, "in_force": periods})
        else:
            sys.stdout.write(as_toml(found[0].policy, _remarks(read, found)))


@app.command()
def publish(
    folder: Folder,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    zone: Zone = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Write every version into a folder, to be served: a page that lists them, and a file of each."""
    from holdfast.cli.policy_pages import pages  # noqa: PLC0415 - it brings Jinja
    from holdfast.trail import folder as files  # noqa: PLC0415

    with answering(as_json=as_json, interrupted="What was there is there; each file is whole."):
        read = _read((data, database_url, schema), zone)
        remarks = {
            period.version: _remarks(read, [one for one in read.periods if one.version == period.version])
            for period in read.periods
        }
        written = pages(read.periods, read.zone, remarks)
        files.Folder(folder).write_all(written.items())
    if as_json:
        write_json({"folder": str(folder), "files": list(written)})
    else:
        sys.stdout.write(f"{len(remarks):,} 个版本 versions: {folder / next(reversed(written))}\n")


def _read(where: tuple[Data, Url, Schema], zone: str | None) -> _Read:
    """Read the journal; without a `zone`, times are those of the policy in force."""
    from holdfast.policy.versions import periods  # noqa: PLC0415
    from holdfast.postgres.adoptions import adoptions  # noqa: PLC0415 - it brings the database's driver

    if zone is not None:
        zones.zone(zone)
    with wired(*where) as connection:
        found = periods(adoptions(connection))
    in_force = found[0].policy.local_zone if found else "UTC"
    return _Read(found, zone or in_force)


def _instant(date: str, zone: str) -> Instant:
    try:
        at = dt.datetime.fromisoformat(date)
    except ValueError:
        raise typer.BadParameter(
            f"{date!r} is no date; write 2026-01-31, or a time", param_hint="--since"
        ) from None
    return clock.instant(at if at.tzinfo is not None else at.replace(tzinfo=zones.zone(zone)))


def _unknown(version: str, known: "list[Period]") -> PolicyNeverInForce:
    from holdfast.policy_files.sourced import near  # noqa: PLC0415

    meant = near(version, dict.fromkeys(period.version for period in known))
    return PolicyNeverInForce("policy", version=version, near=meant)


def _lines(read: _Read, told: "list[Period]") -> list[str]:
    if not told:
        return ["没有生效过的规则版本 / No version was in force\n"]
    rows = [(read.written(period.since), _until(read, period), period.version) for period in told]
    width = max(cell_len(time) for row in rows for time in row[:2])
    return [
        f"规则版本，时间按 {read.zone} / Versions of the policy, times of {read.zone}\n\n",
        *(
            f"{since:<{width}}  –  {until}{' ' * (width - cell_len(until))}  {version}\n"
            for since, until, version in rows
        ),
    ]


def _until(read: _Read, period: "Period") -> str:
    return "现行 in force" if period.until is None else read.written(period.until)


def _remarks(read: _Read, found: "list[Period]") -> list[str]:
    from holdfast.policy_files.sourced import quoted  # noqa: PLC0415

    told = [f"规则版本 / Version {quoted(found[0].version)}"]
    told += [f"生效 / In force {read.written(period.since)} – {_until(read, period)}" for period in found]
    return told
