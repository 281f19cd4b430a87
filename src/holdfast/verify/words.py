"""What a refusal of a check comes to: it speaks against what was handed over, or nothing was checked."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text

_WRONG = Text("不成立，不能采信：", "Wrong, not to be relied on: ")
_UNCHECKED = Text("未核对：", "Not checked: ")


def checked(refusal: Refusal) -> bool:
    """Tell whether something was checked, and does not hold.

    All other sorts are for want of something: what was handed over may be as genuine as anything.
    """
    return refusal.sort is Sort.BROKEN


def verdict(refusal: Refusal) -> Text:
    """Return what a refusal comes to, before what it says."""
    return _WRONG if checked(refusal) else _UNCHECKED
