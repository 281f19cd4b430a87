"""Proposals: a command that several people have to ask for, until there are enough of them.

A command says in its `approval` how many (a setting of the policy), and which of its fields two requests have
to agree in. The engine counts (`engine.agreement`); here are the row, its states, what is told, and who may
not.
"""

import hashlib
from typing import ClassVar

import msgspec

from holdfast.kernel.approval import A_PERSON, Approval
from holdfast.kernel.clock import Instant
from holdfast.kernel.rows import Command, FactBody, Row
from holdfast.kernel.text import Named, Text


class ProposalState(Named):
    """The state of a proposal."""

    OPEN = "open", "待附议"
    CARRIED_OUT = "carried_out", "已执行"
    WITHDRAWN = "withdrawn", "已撤回"
    LAPSED = "lapsed", "已过期"


TRANSITIONS: dict[ProposalState, dict[str, ProposalState]] = {
    ProposalState.OPEN: {
        "second": ProposalState.OPEN,
        "carry_out": ProposalState.CARRIED_OUT,
        "WithdrawProposal": ProposalState.WITHDRAWN,
        "lapse": ProposalState.LAPSED,
    },
    ProposalState.CARRIED_OUT: {"propose": ProposalState.OPEN},
    ProposalState.WITHDRAWN: {"propose": ProposalState.OPEN},
    ProposalState.LAPSED: {"propose": ProposalState.OPEN},
}


class Proposal(Row, frozen=True, kw_only=True):
    """A command that was proposed. `id` is its name and a digest of the fields that make requests the same.

    What is proposed again is the same row, opened anew under another `number`, which is random: the journal
    names a proposal by it, as whoever knows the digest could guess what it is of. `asked` is the command as
    it was asked for first, in JSON, and empty once it is over. `people` are those who asked for it since
    `since`, of `needed`; at `until` it lapses.
    """

    called = Text("提议", "proposal")

    state: ProposalState
    number: str
    command: str
    asked: str
    people: tuple[str, ...]
    needed: int
    since: Instant
    until: Instant
    wake_at: Instant | None = None


class WithdrawProposal(Command, frozen=True, kw_only=True):
    """A person who asked for it takes a proposal back, and so ends it. Anybody may propose the same anew."""

    approval: ClassVar[Approval] = A_PERSON

    proposal_id: str


class ProposalFact(FactBody, frozen=True, kw_only=True):
    """A fact about a proposal: its `number`, and the name of the `command`.

    Who asked are the actors of its facts: no field has their names, as the log knows people by pseudonyms.
    """

    number: str
    command: str


class ProposalMade(ProposalFact, frozen=True, kw_only=True):
    """A person asked for what needs several: nothing has happened yet.

    `about` are the fields that the journal may name. It takes `needed` different people by `until`.
    """

    about: str
    needed: int
    until: Instant


class ProposalSeconded(ProposalFact, frozen=True, kw_only=True):
    """Another person asked for the same, so that `asked` did; with `left` at 0 it happened at once."""

    asked: int
    left: int
    until: Instant


class ProposalWithdrawn(ProposalFact, frozen=True, kw_only=True):
    """One of those who asked for it took the proposal back: it has ended."""


class ProposalLapsed(ProposalFact, frozen=True, kw_only=True):
    """Too few people, no more than `asked`, did so by `until`: the proposal has ended, nothing happened."""

    asked: int
    until: Instant


def proposal_id(command: Command) -> str:
    """Return the id of the proposal of a command: the same for all requests that agree in its `same` fields.

    The digest is BLAKE2b-128 of these fields in JSON.
    """
    fields = [getattr(command, name) for name in command.approval.same]
    digest = hashlib.blake2b(msgspec.json.encode(fields), digest_size=16).hexdigest()
    return f"{type(command).__name__}/{digest}"
