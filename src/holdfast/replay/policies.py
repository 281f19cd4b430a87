"""The policies of a replay: those that the user names, in that order, and `today` as the last."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text
from holdfast.policy.model import Policy
from holdfast.policy_files import reading

TODAY = "today"
DEFAULT = ("full", "covered(0.99)")


class PolicyTwice(Refusal):
    """The same policy was named twice."""

    code = "policy_twice"
    sort = Sort.MALFORMED
    what = Text("{name} 写了两次", "{name} is named twice")
    fix = Text("每份规则只写一次；today 总在其中", "Name each policy once; today is always among them")


class Named(NamedTuple):
    """A policy and the short name under which its results stand."""

    name: str
    policy: Policy


def chosen(specs: Sequence[str], consumer_limit_minor: int) -> list[Named]:
    """Return the policies that `specs` name (the default ones if none), each with the assumed limit.

    Raises:
        PolicyTwice: one is named twice.
        BadPolicy, BadRelease: see `policy_files.reading.named`.
    """
    named: dict[str, Named] = {}
    for spec in [spec for spec in specs or DEFAULT if spec.strip() != TODAY] + [TODAY]:
        policy = reading.named(spec.strip())
        name = _short(spec.strip(), policy)
        if name in named:
            raise PolicyTwice("--policy", name=name)
        named[name] = Named(name, limited(policy, consumer_limit_minor))
    return list(named.values())


def limited(policy: Policy, consumer_limit_minor: int) -> Policy:
    """Return the policy with another consumer limit, under a version of its own."""
    if policy.consumer_limit_minor == consumer_limit_minor:
        return policy
    version = f"{policy.version}+limit={consumer_limit_minor}"
    return replace(policy, version=version, consumer_limit_minor=consumer_limit_minor)


def _short(spec: str, policy: Policy) -> str:
    """Return `today`, `standard`, a file's name, or the release policy as it is written out."""
    if spec in {TODAY, "standard"}:
        return spec
    return Path(spec).name if spec.endswith(".toml") else str(policy.release)
