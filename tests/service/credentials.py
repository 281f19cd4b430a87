"""Credentials of a test: keys and sessions as the commands of access make them, decided by two people."""

from collections.abc import Generator
from contextlib import closing, contextmanager
from hashlib import blake2b
from random import Random

from histories import START
from holdfast.access.keys import IssueKey
from holdfast.access.model import ApiKey, Method, Person, Scope
from holdfast.access.people import EnrolPerson, LinkIdentity
from holdfast.access.rules import identity_key
from holdfast.access.tokens import Kind, Token, hashed
from holdfast.access.ways import BeginSession
from holdfast.engine.execution import Submission, require_accepted
from holdfast.kernel.actor import Actor, Door, Nature, Role
from holdfast.kernel.clock import Clock
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Command
from holdfast.markets.model import Market
from holdfast.markets.standing import StandingLane
from holdfast.postgres.home import Postgres
from sandboxes import home_of

TWO = tuple(Actor(Nature.PERSON, name, Role.OPERATOR, Door.COMMAND_LINE) for name in ("ma", "lin"))
ISSUER = "https://id.example"


def bearer(token: Token) -> dict[str, str]:
    """Return the header of a token."""
    return {"Authorization": f"Bearer {token.text()}"}


@contextmanager
def over(url: str, clock: Clock) -> Generator["Credentials"]:
    """Give the credentials of a database."""
    with closing(Postgres(url, None, Ids(Random(3)), guard=None)) as home:
        yield Credentials(home, clock)


def of_sandbox(name: str) -> dict[str, str]:
    """Return the header of the shop system's key in a sandbox, which its token names: see `in_sandbox`."""
    token = _token(Kind.TEST, name)
    return {"Authorization": f"Bearer {token.kind}_{name}.{token.id}_{token.secret}"}


def in_sandbox(market: Market) -> None:
    """Issue the shop system's key in a sandbox."""
    token = _token(Kind.TEST, market.name)
    command = _issue(Role.MARKETPLACE, None, tuple(Scope), market.name, token)
    with home_of(market) as home, closing(StandingLane(home, market)) as lane:
        for outcome in lane.run([Submission(command, START, None, who) for who in TWO]):
            require_accepted(outcome)


class Credentials:
    """Makes them over a home that nobody else uses, each once."""

    def __init__(self, home: Postgres, clock: Clock) -> None:
        self._home = home
        self._clock = clock
        self._made: dict[str, Token] = {}

    def of_machine(self, role: Role, owner: str | None, scopes: tuple[Scope, ...]) -> dict[str, str]:
        """Return the header of a key of a role."""
        name = f"{role}/{owner}/{'+'.join(scopes)}"
        if name not in self._made:
            token = _token(Kind.LIVE, name)
            if self._home.row(ApiKey, token.id) is None:
                self._decide(_issue(role, owner, scopes, name, token))
            self._made[name] = token
        return bearer(self._made[name])

    def of_person(self, name: str, role: Role, owner: str | None) -> dict[str, str]:
        """Return the header of a session of a person."""
        if name not in self._made:
            if self._home.row(Person, name) is None:
                self._decide(EnrolPerson(person_id=name, role=role, owner=owner))
                self._decide(LinkIdentity(person_id=name, role=role, issuer=ISSUER, subject=name))
            self._made[name] = self._begun(name, role, name)
        return bearer(self._made[name])

    def of_person_again(self, name: str, role: Role) -> dict[str, str]:
        """Return the header of one more session of a person."""
        return bearer(self._begun(name, role, f"{name} again"))

    def _begun(self, name: str, role: Role, of: str) -> Token:
        token = _token(Kind.SESSION, of)
        begin = BeginSession(
            person_id=name,
            method=Method.OIDC,
            identity_id=identity_key(ISSUER, name),
            session_id=token.id,
            secret_hash=hashed(token.secret),
        )
        self._ask(begin, Actor(Nature.PERSON, name, role, Door.API))
        return token

    def _decide(self, command: Command) -> None:
        """Have two people ask for it; what one of them decides is refused to the second, as it is done."""
        self._ask(command, *TWO)

    def _ask(self, command: Command, *actors: Actor) -> None:
        first, *_ = self._home.run([Submission(command, self._clock.now(), None, who) for who in actors])
        assert first.refusal is None, first.refusal


def _issue(role: Role, owner: str | None, scopes: tuple[Scope, ...], label: str, token: Token) -> IssueKey:
    return IssueKey(
        role=role,
        owner=owner,
        scopes=scopes,
        label=label,
        key_id=token.id,
        secret_hash=hashed(token.secret),
    )


def _token(kind: Kind, name: str) -> Token:
    secret = blake2b(name.encode(), digest_size=32).hexdigest()[:43]
    return Token(kind, blake2b(f"{kind}/{name}".encode(), digest_size=16).hexdigest(), secret)
