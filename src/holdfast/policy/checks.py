"""Invariants of the policy in force."""

from holdfast.kernel.check import Books, Check, Finding
from holdfast.policy.model import InForce, PolicyAdopted


def policy_in_force_is_told(books: Books) -> list[Finding]:
    """The policy in force is the one that the journal told of last."""
    last: dict[str, int] = {}
    for fact in books.facts():
        if isinstance(fact.body, PolicyAdopted):
            last[fact.body.version] = fact.at
    told = [version for version, at in last.items() if at == max(last.values())]
    in_force = [row.version for row in books.rows(InForce)]
    if in_force != [version for version in told if version in in_force] or (told and not in_force):
        return [
            Finding(
                "policy",
                f"in force is {', '.join(in_force) or 'none'}; told of is {', '.join(told) or 'none'}",
            )
        ]
    return []


CHECKS: tuple[Check, ...] = (policy_in_force_is_told,)
