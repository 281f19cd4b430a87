"""What waits for an endpoint: a line for each subject, of which only the first message is sent.

So a subject's events arrive in their order, whatever fails and is tried again, and no subject waits for
another.
"""

import heapq
from collections import deque
from collections.abc import Iterator

from holdfast.delivering.messages import Message
from holdfast.kernel.clock import Instant


class Lines:
    """The lines of an endpoint."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[Message]] = {}
        self._heads: list[tuple[Instant, int, str]] = []
        self._size = 0
        self.flying = 0
        """Messages that were taken and neither done nor put back."""

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Message]:
        return (message for line in self._lines.values() for message in line)

    def add(self, message: Message) -> None:
        """Put a message at the end of its line."""
        self._size += 1
        line = self._lines.get(message.line)
        if line is None:
            self._lines[message.line] = deque((message,))
            self._await(message)
        else:
            line.append(message)

    def take(self, now: Instant) -> Message | None:
        """Take the first message that is due, the one that is due longest; its line waits for it."""
        if not self._heads or self._heads[0][0] > now:
            return None
        *_, line = heapq.heappop(self._heads)
        self.flying += 1
        return self._lines[line][0]

    def done(self, message: Message) -> None:
        """Take a message that was taken out of its line: the next one may go."""
        self.flying -= 1
        self._size -= 1
        line = self._lines[message.line]
        assert line.popleft() is message, f"{message.line}: another message is first"
        if line:
            self._await(line[0])
        else:
            del self._lines[message.line]

    def again(self, message: Message) -> None:
        """Put a message that was taken back to where it was, until it is due."""
        self.flying -= 1
        self._await(message)

    def bring_forward(self, now: Instant) -> None:
        """Have all that waits for its time sent now: the endpoint takes messages again."""
        for _, _, line in self._heads:
            head = self._lines[line][0]
            if head.due > now:
                head.due = now
                head.changed = head.stored
        self._heads = [(now, position, line) for _, position, line in self._heads]
        heapq.heapify(self._heads)

    def drop_from(self, position: int) -> list[Message]:
        """Drop the messages from a position on, but those that are flying; return them."""
        waiting = {line for *_, line in self._heads}
        dropped: list[Message] = []
        for name, line in [*self._lines.items()]:
            kept = deque(
                each
                for number, each in enumerate(line)
                if each.position < position or (number == 0 and name not in waiting)
            )
            held = set(map(id, kept))
            dropped += [each for each in line if id(each) not in held]
            if kept:
                self._lines[name] = kept
            else:
                del self._lines[name]
        self._size -= len(dropped)
        self._heads = [head for head in self._heads if head[2] in self._lines]
        heapq.heapify(self._heads)
        return dropped

    def _await(self, message: Message) -> None:
        heapq.heappush(self._heads, (message.due, message.position, message.line))
