"""Which handler answers which command."""

from holdfast import house
from holdfast.engine import clock
from holdfast.engine.clock import ConfirmClock
from holdfast.kernel.room import Handler
from holdfast.kernel.rows import Command

HANDLERS: dict[type[Command], Handler] = {**house.HANDLERS, ConfirmClock: clock.confirm}
