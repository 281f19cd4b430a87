"""Closeness: the objective functions of the search, each the distance of a trial from a break."""

import msgspec


class Closeness(msgspec.Struct):
    """How close a trial came to a break, clause by clause, as shares of sales; above 0 it is one.

    `deficit` is the cover that running windows lacked, `bought` the excess of the line over the sum that the
    merchant's sales had paid, each at the step at which it was the most.
    """

    loss: float = -1.0
    unearned: float = -1.0
    gain: float = -1.0
    deficit: float = -1.0
    bought: float = -1.0
    deficit_step: int = 0
    bought_step: int = 0

    def came(self, name: str, value: float) -> None:
        """Note how close it came to an aim, where that is closer than before."""
        setattr(self, name, max(value, getattr(self, name)))

    def lacked(self, share: float, step: int) -> None:
        """Record the lack of cover at a step."""
        if share > self.deficit:
            self.deficit, self.deficit_step = share, step

    def worth(self, share: float, step: int) -> None:
        """Note the line's worth, at a step, beyond its cost."""
        if share > self.bought:
            self.bought, self.bought_step = share, step
