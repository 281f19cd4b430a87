"""`holdfast access`: keys of machines, and the people who may sign in.

Whoever may open the database by this terminal is believed: `--by` names who decides. A secret that was drawn
is shown once, and kept nowhere; a password is typed, or comes by stdin, and is never an argument.
"""

import typer

from holdfast.cli import access_keys, access_people

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Who may come in: keys of machines, people, and how they sign in.",
)

for command in (
    access_keys.keys,
    access_keys.issue,
    access_keys.rotate,
    access_keys.revoke,
    access_people.people,
    access_people.enrol,
    access_people.suspend,
    access_people.reinstate,
    access_people.invite,
    access_people.password,
    access_people.link,
    access_people.unlink,
    access_people.sign_out,
):
    app.command()(command)
app.command("role")(access_people.change_role)
