"""Pages of indexes: what the database answered, corrected by what a batch itself has done."""

from collections.abc import Iterable

from holdfast.kernel.desk import NotLoaded, Page
from holdfast.postgres.reading import Loaded


class Pages:
    """Answers index questions: what the database had, corrected by what is on the desk.

    It knows the rows and not the desk, as the desk knows it: a batch that is done is free at once, without
    the collector of cycles, which would stop everybody for it.
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
