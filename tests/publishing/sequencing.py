"""What tests of publishing do again and again."""

from contextlib import closing

from holdfast.publishing.erasures import Erasure
from holdfast.publishing.publisher import Publisher
from holdfast.publishing.sequencer import Sequencer


def take_all(url: str, publisher: Publisher) -> None:
    """Have the log take all that waits."""
    with closing(Sequencer(url, None, publisher)) as sequencer:
        while sequencer.step().facts:
            pass


def unlisted(_erasure: Erasure) -> None:
    """Keep no list of erasures."""
