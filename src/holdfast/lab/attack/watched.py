"""A home in memory that hands over, step by step, the transfers that were posted and the coverage before.

It keeps the first error of ours, too, which callers are only told an id of.
"""

from holdfast.coverage.model import Coverage
from holdfast.engine.execution import Executed
from holdfast.engine.failures import Failure
from holdfast.engine.memory import Memory
from holdfast.kernel.ids import Ids
from holdfast.ledger.model import Account, Transfer


class Watched(Memory):
    """Rows and facts in memory; transfers of the latest commands are kept until they are taken."""

    def __init__(self, ids: Ids) -> None:
        super().__init__(ids)
        self._posted: list[Transfer] = []
        self._before: dict[str, Coverage | None] = {}
        self.failed: Failure | None = None

    def _absorb(self, executed: Executed) -> None:
        if executed.failure is not None and self.failed is None:
            self.failed = executed.failure
        super()._absorb(executed._replace(failure=None))  # a search makes no log: it tells what it finds
        for change in executed.changes:
            if change.kind is Transfer:
                transfer = self.row(Transfer, change.id)
                if transfer is not None:
                    self._posted.append(transfer)
            elif change.kind is Coverage and change.id not in self._before:
                before = change.before
                assert before is None or isinstance(before, Coverage)
                self._before[change.id] = before

    def take(self) -> tuple[list[Transfer], dict[str, Coverage | None]]:
        """Return the transfers since the last time, and the changed coverage, as it was before."""
        posted, before = self._posted, self._before
        self._posted, self._before = [], {}
        return posted, before

    def available(self, account_id: str) -> int:
        """Return the available balance of an account, in minor units."""
        account = self.row(Account, account_id)
        return 0 if account is None else account.posted_minor - account.pending_out_minor
