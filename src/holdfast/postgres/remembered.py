"""Immutable rows that many others refer to, remembered by the process: policies, and listings as shown.

A remembered row was read from the database, so it was committed; nothing changes or deletes it. A lost
connection ends all memory: the database may have been restored to a time before.
"""

from holdfast.orders.model import Snapshot
from holdfast.policy.model import AdoptedPolicy
from holdfast.postgres.keys import Keys
from holdfast.postgres.reading import Loaded
from holdfast.postgres.recent import Recent

_MOST = 1_024
"""How many listings of late are remembered; at most twice as many."""

_LONG = 2_000
"""Characters of a listing beyond which it is not remembered: memory stays within a few megabytes."""


class Remembered:
    """The immutable rows that a connection has read."""

    def __init__(self) -> None:
        self._policies: dict[str, AdoptedPolicy] = {}
        self._shown: Recent[str, Snapshot] = Recent(_MOST)

    def fill(self, keys: Keys, loaded: Loaded) -> None:
        """Copy remembered rows into `loaded`, and take their keys off those that are to be read."""
        wanted = keys[AdoptedPolicy]
        wanted.difference_update(self._policies)
        loaded[AdoptedPolicy].update(self._policies)
        shown = keys.get(Snapshot)
        if shown:
            known = {key: self._shown[key] for key in shown if key in self._shown}
            shown.difference_update(known)
            loaded[Snapshot].update(known)

    def store(self, loaded: Loaded) -> None:
        """Remember rows that were read."""
        for version, row in loaded[AdoptedPolicy].items():
            if row is not None:
                self._policies[version] = row
        for key, row in loaded[Snapshot].items():
            if row is not None and key not in self._shown and _is_short(row):
                self._shown[key] = row

    def clear(self) -> None:
        """Forget everything."""
        self._policies.clear()
        self._shown.clear()


def _is_short(row: Snapshot) -> bool:
    listing = row.listing
    words = (listing.title, listing.text, listing.refund_terms, *listing.promises, *listing.photo_hashes)
    return sum(map(len, words)) <= _LONG
