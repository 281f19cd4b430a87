"""Writing schedules down: steps as people think of them, with days and amounts."""

from random import Random

from holdfast.lab.attack.schedule import ACCOMPLICES, HONEST, RING, Do, Step

ORDER = 100_000
"""The amount of most orders, in minor units."""

MAIN, SISTER = RING
FRIEND, OTHER_FRIEND = ACCOMPLICES


class Script:
    """Steps as they are written down; days and amounts as people think of them."""

    def __init__(self, rng: Random, first: int = 1) -> None:
        self.rng = rng
        self.steps: list[Step] = []
        self._next = first

    def does(self, do: Do, shop: str = MAIN, minor: int = 0) -> None:
        """Let a shop do something, or let something be done to it."""
        self.steps.append(Step(do, shop=shop, minor=minor))

    def on(self, do: Do, order: int, percent: int = 100) -> None:
        """Let something happen to an order."""
        self.steps.append(Step(do, order=order, percent=percent))

    def provider(self, do: Do, who: str) -> None:
        """Let a consumer's debits fail, be slow, or work again."""
        self.steps.append(Step(do, who=who))

    def sell(self, who: str, minor: int = ORDER, shop: str = MAIN) -> int:
        """Sell and deliver an order; return its number."""
        return self.ordered(Do.SELL, who, minor, shop)

    def split(self, order: int, percent: int = 50, days: float = 0) -> int:
        """Split a share of an order off; return the part's number. Of a service it begins some days later."""
        part, self._next = self._next, self._next + 1
        self.steps.append(Step(Do.SPLIT, order=order, percent=percent, hours=round(24 * days), part=part))
        return part

    def ordered(self, do: Do, who: str, minor: int = ORDER, shop: str = MAIN) -> int:
        """Have an order placed, of goods or of a service; return its number."""
        number, self._next = self._next, self._next + 1
        self.steps.append(Step(do, shop=shop, order=number, who=who, minor=minor))
        return number

    def adopt(self, policy: str) -> None:
        """Let the platform bring another policy into force."""
        self.steps.append(Step(Do.ADOPT, policy=policy))

    def wait(self, days: float) -> None:
        """Let days pass."""
        self.steps.append(Step(Do.WAIT, hours=max(1, round(24 * days))))

    def claim(self, order: int, percent: int = 100) -> None:
        """Claim, and have it decided at once: the merchant does not answer."""
        self.on(Do.CLAIM, order, percent)
        self.on(Do.UPHOLD, order)

    def honest(self) -> str:
        """Return one of the honest consumers."""
        return self.rng.choice(HONEST)

    def grow_up(self, orders: int = 6, days: float = 50, who: str = FRIEND) -> list[int]:
        """Trade until the merchant is young no more; return the orders."""
        sold: list[int] = []
        for _ in range(orders):
            sold.append(self.sell(who))
            self.wait(days / orders)
        return sold
