"""A result as one JSON document on stdout."""

import sys

import msgspec


def write_json(document: object) -> None:
    """Write a value that `msgspec` can encode, in lines that a person can read, too."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n")
