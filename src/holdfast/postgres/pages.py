"""Pages of indexes: read from the database, overlaid with the uncommitted changes of a batch."""

from collections.abc import Iterable

from holdfast.kernel.desk import NotLoaded, Page
from holdfast.postgres.reading import Loaded


class Pages:
    """The pages that a desk can read: those of the database, overlaid with the rows on the desk.

    It refers to the rows and not to the desk, which refers to it: without a reference cycle a finished batch
    is freed at once, and does not wait for a collection that stops everybody.
    """

    def __init__(self, loaded: Loaded, answered: dict[Page, list[str]]) -> None:
        self._loaded = loaded
        self._answered = answered

    def __call__(self, page: Page, /) -> Iterable[str]:
        """Return the ids of a page; see `kernel.desk.Pages`."""
        answers = [asked for asked in self._answered if asked[:3] == page[:3] and asked.limit >= page.limit]
        if not answers:
            raise NotLoaded(page.of, page)
        known = max(answers, key=_limit)
        stored = self._answered[known]
        last = stored[-1] if len(stored) == known.limit else None
        rows = self._loaded[page.of.kind]
        group = page.of.group
        mine = {
            key
            for key, row in rows.items()
            if row is not None
            and key > page.after
            and group(row) == page.group
            and (last is None or key <= last)
        }
        kept = {key for key in stored if rows.get(key) is None and key not in rows}
        found = sorted(mine | kept)[: page.limit]
        if last is not None and len(found) < page.limit:  # of what was stored, rows on the desk have left it
            raise NotLoaded(page.of, page._replace(limit=max(2 * known.limit, page.limit + len(rows))))
        return found


def _limit(page: Page) -> int:
    return page.limit
