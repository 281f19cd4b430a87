"""`holdfast access people`, `enrol`, `role`, `suspend`, `invite`, `password`, …: people who may sign in."""

import getpass
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
from holdfast.kernel.clock import SystemClock, iso

if TYPE_CHECKING:
    from holdfast.access.model import Person

Account = Annotated[
    str,
    typer.Argument(
        metavar="PERSON",
        help="The account, in small letters: facts have it for ever, so no name and no address",
        show_default=False,
    ),
]
Issuer = Annotated[
    str, typer.Argument(metavar="ISSUER", help="The provider, by its https:// address", show_default=False)
]
Subject = Annotated[
    str, typer.Argument(metavar="SUBJECT", help="The person's id there (sub)", show_default=False)
]
Hours = Annotated[float, typer.Option("--hours", metavar="N", min=0, help="How long the invitation opens")]


class Shown(msgspec.Struct, frozen=True):
    """A person as it is listed. Times are in UTC; until `locked` no password is looked at."""

    id: str
    role: str
    owner: str | None
    status: str
    enrolled: str
    locked: str | None


def people(
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    after: After = None,
    limit: Limit = 50,
    *,
    as_json: AsJson = False,
) -> None:
    """List the people who may sign in. What happened to one: holdfast show facts --of person:ID."""
    from holdfast.access.model import Person  # noqa: PLC0415 - it brings every room, 0.3 s

    with at_home(data, database_url, schema, as_json=as_json) as home:
        page = home.row_page(Person, after=after, limit=limit)
    shown = [_shown(row) for row in page.items]
    if as_json:
        write_json({"people": shown, "next": page.next})
        return
    for each in shown:
        whose = each.role if each.owner is None else f"{each.role} {each.owner}"
        locked = "" if each.locked is None else f"  no password until {each.locked}"
        sys.stdout.write(f"{each.id}  {each.status:<9}  {whose}  since {each.enrolled}{locked}\n")
    if page.next is not None:
        sys.stdout.write(f"--after {page.next}\n")


def _shown(row: "Person") -> Shown:
    from holdfast.access.rules import locked  # noqa: PLC0415 - as above

    until = row.locked_until if locked(row, SystemClock().now()) else None
    return Shown(
        id=row.id,
        role=row.role.value,
        owner=row.owner,
        status=row.status.value,
        enrolled=iso(row.enrolled_at),
        locked=None if until is None else iso(until),
    )


def enrol(
    person: Account,
    role: TheRole,
    by: By,
    owner: Owner = None,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    withdraw: Withdraw = False,
    as_json: AsJson = False,
) -> None:
    """Take a person in. It signs in once it has a way in: see invite, password and link."""
    from holdfast.access.people import EnrolPerson  # noqa: PLC0415 - as above

    with at_home(data, database_url, schema, as_json=as_json) as home:
        what = done(home, EnrolPerson(person_id=person, role=role, owner=owner), by, withdraw=withdraw)
    write(what, ["enrol", person, role.value, *(["--owner", owner] if owner else [])], as_json=as_json)


def change_role(
    person: Account,
    role: TheRole,
    by: By,
    owner: Owner = None,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    withdraw: Withdraw = False,
    as_json: AsJson = False,
) -> None:
    """Give a person another role; it signs in anew."""
    from holdfast.access.people import ChangeRole  # noqa: PLC0415 - as above

    with at_home(data, database_url, schema, as_json=as_json) as home:
        what = done(home, ChangeRole(person_id=person, role=role, owner=owner), by, withdraw=withdraw)
    write(what, ["role", person, role.value, *(["--owner", owner] if owner else [])], as_json=as_json)


def suspend(
    person: Account,
    reason: Reason,
    by: By,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Let a person in no more, and end its sessions."""
    from holdfast.access.people import SuspendPerson  # noqa: PLC0415 - as above

    with at_home(data, database_url, schema, as_json=as_json) as home:
        what = done(home, SuspendPerson(person_id=person, reason=reason), by)
    write(what, [], as_json=as_json)


def reinstate(
    person: Account,
    by: By,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """End a person's suspension."""
    from holdfast.access.people import ReinstatePerson  # noqa: PLC0415 - as above

    with at_home(data, database_url, schema, as_json=as_json) as home:
        what = done(home, ReinstatePerson(person_id=person), by)
    write(what, [], as_json=as_json)


def invite(
    person: Account,
    by: By,
    hours: Hours = 72,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    withdraw: Withdraw = False,
    as_json: AsJson = False,
) -> None:
    """Draw an invitation, with which a person signs in once and sets up a way in; show it this once."""
    from holdfast.access import tokens  # noqa: PLC0415 - as above
    from holdfast.access.model import Person  # noqa: PLC0415
    from holdfast.access.people import InvitePerson  # noqa: PLC0415

    token = tokens.make(tokens.Kind.INVITATION)
    with at_home(data, database_url, schema, as_json=as_json) as home:
        command = InvitePerson(
            person_id=person,
            role=need(home, Person, person).role,
            lasts=in_hours(hours) or 0,
            invitation_id=token.id,
            secret_hash=tokens.hashed(token.secret),
        )
        what = done(home, command, by, token.text(), withdraw=withdraw)
    write(what, ["invite", person, "--hours", f"{hours:g}"], as_json=as_json)


def password(
    person: Account,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Set a person's password, by the person itself: typed twice, or as one line of stdin."""
    from holdfast.access.admitting import human  # noqa: PLC0415 - as above
    from holdfast.access.model import Person  # noqa: PLC0415
    from holdfast.access.ways import SetPassword  # noqa: PLC0415
    from holdfast.cli.access_asking import Done  # noqa: PLC0415
    from holdfast.engine.execution import Submission, require_accepted  # noqa: PLC0415
    from holdfast.kernel.actor import Door  # noqa: PLC0415
    from holdfast.sign_in import passwords  # noqa: PLC0415

    with at_home(data, database_url, schema, as_json=as_json) as home:
        row = need(home, Person, person)
        chosen = _typed()
        passwords.check(chosen, row.id)
        command = SetPassword(person_id=row.id, hash=passwords.hashed(chosen))
        actor = human(row, Door.COMMAND_LINE)
        [outcome] = home.run([Submission(command, SystemClock().now(), None, actor)])
        require_accepted(outcome)
    write(Done(outcome.facts[-1].id), [], as_json=as_json)


def _typed() -> str:
    """Return a password that is typed twice, and shown to nobody; or a line of stdin, where no one types.

    Raises:
        BadParameter: the two differ.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("密码 password: ")
    if getpass.getpass("再次输入 again: ") != first:
        raise typer.BadParameter("the two are not the same", param_hint="password")
    return first


def link(
    person: Account,
    issuer: Issuer,
    subject: Subject,
    by: By,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    withdraw: Withdraw = False,
    as_json: AsJson = False,
) -> None:
    """Let a person sign in by its account at an identity provider (OpenID Connect)."""
    from holdfast.access.model import Person  # noqa: PLC0415 - as above
    from holdfast.access.people import LinkIdentity  # noqa: PLC0415

    with at_home(data, database_url, schema, as_json=as_json) as home:
        role = need(home, Person, person).role
        command = LinkIdentity(person_id=person, role=role, issuer=issuer, subject=subject)
        what = done(home, command, by, withdraw=withdraw)
    write(what, ["link", person, issuer, subject], as_json=as_json)


def unlink(
    issuer: Issuer,
    subject: Subject,
    by: By,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Take an account at an identity provider away: nobody signs in by it any more."""
    from holdfast.access.ways import UnlinkIdentity  # noqa: PLC0415 - as above

    with at_home(data, database_url, schema, as_json=as_json) as home:
        what = done(home, UnlinkIdentity(issuer=issuer, subject=subject), by)
    write(what, [], as_json=as_json)


def sign_out(
    person: Account,
    by: By,
    data: Data = None,
    database_url: Url = None,
    schema: Schema = None,
    *,
    as_json: AsJson = False,
) -> None:
    """End all sessions of a person: it signs in anew."""
    from holdfast.access.ways import EndSessions  # noqa: PLC0415 - as above

    with at_home(data, database_url, schema, as_json=as_json) as home:
        what = done(home, EndSessions(person_id=person), by)
    write(what, [], as_json=as_json)
