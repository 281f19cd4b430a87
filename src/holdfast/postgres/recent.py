"""A bounded cache: what was used last."""

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """A mapping that has the last `most` keys which were set or read, and never more than twice as many.

    It has two generations: what is set or read is in the young one. When that is full it becomes the old one,
    and what was in the old one until then is forgotten.
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
