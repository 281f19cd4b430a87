"""The misses of a transaction: rows and pages to be loaded for its next try."""

from typing import Any, NamedTuple

from holdfast.kernel.desk import Missed, NotLoaded, Page
from holdfast.postgres.keys import Keys


class Lacking(NamedTuple):
    """The rows and pages that earlier tries of a transaction missed."""

    keys: Keys
    pages: set[Page]

    def add(self, missed: Missed | NotLoaded) -> None:
        """Add the misses of a try."""
        for miss in missed.misses if isinstance(missed, Missed) else (missed,):
            kind: Any = miss.kind
            if isinstance(miss.key, Page):
                self.pages.add(miss.key)
            else:
                self.keys[kind].add(str(miss.key))

    def with_keys(self, keys: Keys) -> Keys:
        """Return given keys together with those of the misses."""
        for kind, ids in self.keys.items():
            keys[kind].update(ids)
        return keys
