"""What a desk lacked."""

from typing import Any, NamedTuple

from holdfast.kernel.desk import Missed, NotLoaded, Page
from holdfast.postgres.keys import Keys


class Lacking(NamedTuple):
    """The rows and pages that tries have asked for in vain."""

    keys: Keys
    pages: set[Page]

    def add(self, missed: Missed | NotLoaded) -> None:
        """Note what was asked for."""
        for miss in missed.misses if isinstance(missed, Missed) else (missed,):
            kind: Any = miss.kind
            if isinstance(miss.key, Page):
                self.pages.add(miss.key)
            else:
                self.keys[kind].add(str(miss.key))

    def with_keys(self, keys: Keys) -> Keys:
        """Add the rows to others."""
        for kind, ids in self.keys.items():
            keys[kind].update(ids)
        return keys
