"""`holdfast access keys`, `issue`, `rotate`, `revoke`: keys of machines."""

import sys
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from holdfast.cli.access_asking import (
    After,
    By,
    Limit,
    Owner,
    Reason,
    TheRole,
    Withdraw,
    at_home,
    done,
    in_hours,
    need,
    write,
)
from holdfast.cli.documents import write_json
from holdfast.cli.places import AsJson, Data, Url
from holdfast.cli.reading import Schema
from holdfast.kernel.clock import Instant, SystemClock, iso

if TYPE_CHECKING:
    from holdfast.access.model import ApiKey

Key = Annotated[
    str, typer.Argument(metavar="KEY", help="The key's id, without its secret", show_default=False)
]
Label = Annotated[
    str,
    typer.Option(
        "--label", metavar="TEXT", help="What it is used for, and by whom: no secret", show_default=False
    ),
]
Read = Annotated[bool, typer.Option("--read-only", help="It may read, and change nothing")]
Days = Annotated[
    float | None,
    typer.Option("--days", metavar="N", help="How long it opens; else without end", show_default=False),
]
Grace = Annotated[
    float, typer.Option("--grace-hours", metavar="N", min=0, help="How long the old key still opens")
]
Test = Annotated[bool, typer.Option("--test", help="Of a sandbox: the token begins with hf_test")]

_DAY_HOURS = 24


class Shown(msgspec.Struct, frozen=True):
    """A key as it is listed: all but the hash of its secret. Times are in UTC."""

    id: str
    label: str
    role: str
    owner: str | None
    scopes: tuple[str, ...]
    state: str
    created: str
    expires: str | None
    replaced_by: str | None


def keys(
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    after: After = None,
    limit: Limit = 50,
    *,
    as_json: AsJson = False,
) -> None:
    """List the keys, without their secrets, which nobody has but who was shown them."""
    from holdfast.access.model import ApiKey  # noqa: PLC0415 - it brings every room, 0.3 s

    with at_home(data, database_url, schema, as_json=as_json) as home:
        page = home.row_page(ApiKey, after=after, limit=limit)
    shown = [_shown(row, SystemClock().now()) for row in page.items]
    if as_json:
        write_json({"keys": shown, "next": page.next})
        return
    for each in shown:
        whose = each.role if each.owner is None else f"{each.role} {each.owner}"
        until = "" if each.expires is None else f"  until {each.expires}"
        sys.stdout.write(
            f"{each.id}  {each.state:<8}  {whose}  {'+'.join(each.scopes)}{until}  {each.label}\n"
        )
    if page.next is not None:
        sys.stdout.write(f"--after {page.next}\n")


def _shown(row: "ApiKey", now: Instant) -> Shown:
    opens = row.expires_at is None or now < row.expires_at
    return Shown(
        id=row.id,
        label=row.label,
        role=row.role.value,
        owner=row.owner,
        scopes=tuple(scope.value for scope in row.scopes),
        state="revoked" if row.revoked_at is not None else "opens" if opens else "expired",
        created=iso(row.created_at),
        expires=None if row.expires_at is None else iso(row.expires_at),
        replaced_by=row.replaced_by,
    )


def issue(
    role: TheRole,
    label: Label,
    by: By,
    owner: Owner = None,
    days: Days = None,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    read_only: Read = False,
    test: Test = False,
    withdraw: Withdraw = False,
    as_json: AsJson = False,
) -> None:
    """Issue a key to a machine, and show it this once.

    A key that reaches a whole market, as those of all roles but merchant and consumer do, takes as many
    people as the policy says: it is shown to the last of them. In a market without a policy one is enough.
    """
    from holdfast.access import tokens  # noqa: PLC0415 - as above
    from holdfast.access.keys import IssueKey  # noqa: PLC0415
    from holdfast.access.model import Scope  # noqa: PLC0415

    token = tokens.make(tokens.Kind.TEST if test else tokens.Kind.LIVE)
    command = IssueKey(
        role=role,
        owner=owner,
        scopes=(Scope.READ,) if read_only else (Scope.READ, Scope.WRITE),
        label=label,
        lasts=in_hours(None if days is None else days * _DAY_HOURS),
        key_id=token.id,
        secret_hash=tokens.hashed(token.secret),
    )
    with at_home(data, database_url, schema, as_json=as_json) as home:
        what = done(home, command, by, token.text(), withdraw=withdraw)
    again = ["issue", role.value, "--label", label]
    again += [*(["--owner", owner] if owner else []), *(["--days", f"{days:g}"] if days else [])]
    write(what, [*again, *(["--read-only"] if read_only else [])], as_json=as_json)


def rotate(
    key: Key,
    by: By,
    grace_hours: Grace = 24,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    test: Test = False,
    withdraw: Withdraw = False,
    as_json: AsJson = False,
) -> None:
    """Put a new key in the place of one, which still opens for a while; show the new one this once."""
    from holdfast.access import tokens  # noqa: PLC0415 - as above
    from holdfast.access.keys import RotateKey  # noqa: PLC0415
    from holdfast.access.model import ApiKey  # noqa: PLC0415

    token = tokens.make(tokens.Kind.TEST if test else tokens.Kind.LIVE)
    with at_home(data, database_url, schema, as_json=as_json) as home:
        command = RotateKey(
            key_id=key,
            role=need(home, ApiKey, key).role,
            grace=in_hours(grace_hours) or 0,
            new_id=token.id,
            secret_hash=tokens.hashed(token.secret),
        )
        what = done(home, command, by, token.text(), withdraw=withdraw)
    write(what, ["rotate", key, "--grace-hours", f"{grace_hours:g}"], as_json=as_json)


def revoke(
    key: Key,
    reason: Reason,
    by: By,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """End a key at once: whoever has it is let in no more."""
    from holdfast.access.keys import RevokeKey  # noqa: PLC0415 - as above

    with at_home(data, database_url, schema, as_json=as_json) as home:
        what = done(home, RevokeKey(key_id=key, reason=reason), by)
    write(what, [], as_json=as_json)
