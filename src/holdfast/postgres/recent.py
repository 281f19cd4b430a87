"""A bounded cache of recently used values, an approximate LRU of two generations."""

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """A mapping with the `most` keys that were set or read last, and never more than twice as many.

    Keys that are set or read move to the young generation. A full one becomes the old generation, and the old
    one of before is dropped.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def __contains__(self, key: K) -> bool:
        return key in self._young or key in self._old

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def __getitem__(self, key: K) -> V:
        """Return the value of a key.

        Raises:
            KeyError: it was never set, or is forgotten.
        """
        if key in self._young:
            return self._young[key]
        value = self._old[key]
        self[key] = value
        return value

    def __setitem__(self, key: K, value: V) -> None:
        if key not in self._young and len(self._young) >= self._most:
            self._young, self._old = {}, self._young
        self._old.pop(key, None)
        self._young[key] = value

    def clear(self) -> None:
        """Forget everything."""
        self._young = {}
        self._old = {}
