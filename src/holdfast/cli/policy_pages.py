"""The versions of the policy as files that any web server serves: a page of them all, and a file of each."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from holdfast.kernel import zones
from holdfast.policy.versions import Period
from holdfast.policy_files.writing import as_toml

INDEX = "index.html"

_UNSAFE = re.compile(r"[^A-Za-z0-9.]+")
_LONGEST = 80


def file_name(version: str) -> str:
    """Return the name of a version's file, plain in every address; no two versions have the same.

    >>> file_name("standard:covered(0.99)#8c07f1")
    'standard-covered-0.99-8c07f1-88c0f813.toml'
    """
    plain = _UNSAFE.sub("-", version).strip("-.")[:_LONGEST]
    return f"{plain}-{hashlib.sha256(version.encode()).hexdigest()[:8]}.toml"


def pages(periods: Sequence[Period], zone: str, remarks: Mapping[str, Sequence[str]]) -> dict[str, bytes]:
    """Return the files by their names, the page last, so that the files that it links to are there before it.

    Args:
        periods: newest first.
        zone: the time zone in which times are written.
        remarks: the lines above each version's file, by version.
    """
    policies = {period.version: period.policy for period in periods}
    files = {
        file_name(version): as_toml(policy, remarks[version]).encode() for version, policy in policies.items()
    }
    place = zones.zone(zone)
    rows = [
        {
            "version": period.version,
            "file": file_name(period.version),
            "since": zones.written(period.since, place),
            "until": None if period.until is None else zones.written(period.until, place),
        }
        for period in periods
    ]
    page = _environment().get_template("policy_versions.html.j2").render(rows=rows, zone=zone)
    return {**files, INDEX: page.encode()}


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("holdfast.cli", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
