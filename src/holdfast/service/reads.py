"""Reads over HTTP: rows by their ids and page by page, facts, the feed, tasks. None blocks the loop."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from msgspec.structs import replace

from holdfast.access.ways import RecordsRead
from holdfast.journal.pages import Answer, Sort, Subject, subjects_of
from holdfast.journal.refusals import BadCursor
from holdfast.kernel.actor import Role
from holdfast.kernel.refusal import NotFound
from holdfast.kernel.rows import Fact, Row
from holdfast.kernel.text import Text
from holdfast.postgres.home import Postgres
from holdfast.service import documents, examples, schemas, showing
from holdfast.service.admission import Admitted, admitted
from holdfast.service.answers import Answering, Asking, answer, tagged
from holdfast.service.asking import MOST, SUBJECTS, Paging, Query, of_path
from holdfast.service.operation import Given, Operation, Parameter, Schema, in_path, in_query, ok
from holdfast.service.owning import lacking, own_row, owns
from holdfast.service.permissions import EVERY_KIND, kinds_told, tasks_of
from holdfast.service.refusals import BadQuery, NotPermitted
from holdfast.service.resources import Resource, resources
from holdfast.service.routes import PREFIX
from holdfast.service.service import Service
from holdfast.service.watching import note_page, note_row

FACTS = f"{PREFIX}/facts"
TASKS = f"{PREFIX}/tasks"

PAGE = ("limit", "after")
OF_ROWS = (*PAGE, "newest_first")
OF_LISTED = (*SUBJECTS, *OF_ROWS)
OF_FACTS = (*SUBJECTS, "kind", "since", "until", *OF_ROWS)
OF_FEED = ("after_position", "limit")
OF_TASKS = ("role", *PAGE)

_NOTHING = Subject(Sort.ACTOR, "")
"""About nothing: what is asked for is not the owner's who asks, or is not there."""

_STRIDES = 20
"""Pages of facts that are read for one that is answered, where a caller is told of few."""

_ROLES = Text("没有此角色；可用：{known}", "there is no such role; there are {known}")
_FACT = Text("事实", "fact")


_OF_PARAMETERS: Mapping[str, Schema] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": MOST},
    "after_position": {"type": "integer", "minimum": 0},
    "newest_first": {"type": "boolean"},
    "since": schemas.TIME,
    "until": schemas.TIME,
    "kind": {"type": "array", "items": {"type": "string"}},
}

_ID = in_path("id", "shop1~1001")
_KNOWN = Parameter(
    "If-None-Match",
    "header",
    {"type": "string"},  # also an empty one, which is known to nobody
    "The ETag that is known: 304 while it is the same",
)
_SAME = Given(304, "It is as If-None-Match says 未变")


def operations() -> Iterator[Operation]:
    """Give the operations of all reads."""
    for each in resources():
        yield _of_collection(each)
        yield _of_one(each)
    nothing: dict[str, Any] = {"items": [], "next": None}
    known = dict.fromkeys([*OF_FACTS, *OF_FEED])
    yield Operation(
        "list_facts",
        "GET",
        FACTS,
        "facts",
        "事实，逐页；after_position：按提交顺序 Facts page by page; after_position: in the order of commits",
        _facts,
        ok(schemas.page(schemas.FACT), nothing),
        in_query(known, _OF_PARAMETERS),
    )
    yield Operation(
        "get_fact",
        "GET",
        f"{FACTS}/{{id}}",
        "facts",
        "一条事实 A fact",
        _one_fact,
        (*ok(schemas.FACT, examples.HAPPENED), _SAME),
        (_ID, _KNOWN),
    )
    yield Operation(
        "list_tasks",
        "GET",
        TASKS,
        "tasks",
        "待办事项 What waits for people",
        _tasks,
        ok(schemas.page({"type": "object"}), nothing),
        in_query(OF_TASKS, _OF_PARAMETERS),
    )


def _of_collection(each: Resource) -> Operation:
    called = each.kind.called
    return Operation(
        f"list_{each.name}".replace("-", "_"),
        "GET",
        each.path,
        each.name,
        f"{called.zh}，逐页 {called.en}: page by page",
        partial(_collection, each),
        ok(schemas.page(each.kind), {"items": [examples.example(each.kind)], "next": None}),
        in_query(OF_LISTED if each.by_subject else OF_ROWS, _OF_PARAMETERS),
    )


def _of_one(each: Resource) -> Operation:
    called, first = each.kind.called, (inspect.getdoc(each.kind) or "").partition("\n")[0]
    return Operation(
        f"get_{each.name}".replace("-", "_"),
        "GET",
        f"{each.path}/{{id}}",
        each.name,
        f"{called.zh} {called.en}: {first}",
        partial(_one, each),
        (*ok(each.kind, examples.example(each.kind)), _SAME),
        (_ID, _KNOWN),
    )


async def _one(resource: Resource, service: Service, request: Asking) -> Answering:
    key, who = of_path(request.path_params["id"]), admitted(request)
    Query(request.scope["query_string"], ())
    row = await service.readers.read(partial(_row, resource.kind, key, who))
    note_row(request, row)
    return tagged(request, showing.row(who, row))


def _row(kind: type[Row], key: str, who: Admitted, home: Postgres) -> Row:
    if who.owner is not None:
        return own_row(home, kind, key, who.owner)
    found = home.row(kind, key)
    if found is None:
        raise lacking(kind, key)
    return found


async def _collection(resource: Resource, service: Service, request: Asking) -> Answering:
    query = Query(request.scope["query_string"], OF_LISTED if resource.by_subject else OF_ROWS)
    paging, subject, newest = query.paging(), query.subject(), query.flag("newest_first")
    who, kind = admitted(request), resource.kind

    def found(home: Postgres) -> Answer[Row]:
        if who.owner is not None and not resource.by_subject:
            return _bearer(home, kind, who.owner, paging)
        about = _confined(home, subject, who)
        if about is _NOTHING:
            return Answer((), None)
        return home.row_page(kind, about, after=paging.after, limit=paging.limit, newest_first=newest)

    page = await service.readers.read(found)
    note_page(request, len(page.items), subject)
    return _page(request, (showing.row(who, each) for each in page.items), page)


def _bearer(home: Postgres, kind: type[Row], owner: Subject, paging: Paging) -> Answer[Row]:
    """Return the one row that bears an owner's id, which has no page behind it."""
    if paging.after is not None:
        raise BadCursor("cursor")
    found = home.row(kind, owner.id)
    return Answer(() if found is None else (found,), None)


def _confined(home: Postgres, asked: Subject | None, who: Admitted) -> Subject | None:
    """Return about what is read: what is asked for, and for an owner nothing but what is its own.

    Raises:
        NotPermitted: an owner asks by somebody of the other side, whose things are not all its own.
    """
    if who.owner is None:
        return asked
    if asked is None:
        return who.owner
    if asked.sort in {Sort.MERCHANT, Sort.CONSUMER} - {who.owner.sort}:
        raise NotPermitted(asked.sort, role=who.caller.role.called, operation=f"?{asked.sort}=")
    return asked if owns(home, asked, who.owner) else _NOTHING


async def _facts(service: Service, request: Asking) -> Answering:
    raw, who = request.scope["query_string"], admitted(request)
    if b"after_position" in raw:
        return await _feed(service, Query(raw, OF_FEED), request)
    query = Query(raw, OF_FACTS, repeated=("kind",))
    asked, paging = query.asked(), query.paging()
    told = kinds_told(who.caller.role)
    if told != EVERY_KIND:
        asked = replace(asked, kinds=tuple(sorted(told.intersection(asked.kinds) if asked.kinds else told)))

    def found(home: Postgres) -> Answer[Fact]:
        about = _confined(home, asked.subject, who)
        if about is _NOTHING or (told != EVERY_KIND and not asked.kinds):
            return Answer((), None)
        return home.fact_page(replace(asked, subject=about), after=paging.after, limit=paging.limit)

    page = await service.readers.read(found)
    note_page(request, _counted(page.items), asked.subject)
    return _page(request, showing.facts(who, page.items), page)


def _counted(found: Iterable[Fact]) -> int:
    """Return how many facts count as read: who follows the records of reading would write one each time."""
    return sum(not isinstance(each.body, RecordsRead) for each in found)


async def _feed(service: Service, query: Query, request: Asking) -> Answering:
    """Answer facts in the order of their commits: whoever goes on from `next` misses none."""
    position, limit, who = query.number("after_position") or 0, query.paging().limit, admitted(request)
    if who.owner is not None:  # positions count what others do
        raise NotPermitted(OF_FEED[0], role=who.caller.role.called, operation=OF_FEED[0])
    found, following = await service.readers.read(partial(_told, position=position, limit=limit, who=who))
    note_page(request, _counted(each for _, each in found))
    items = [{"position": place, **showing.fact(who, each)} for place, each in found]
    link = _link(request, {"after_position": str(following), "limit": str(limit)})
    return answer({"items": items, "next": following}, headers=link if following > position else {})


def _told(home: Postgres, position: int, limit: int, who: Admitted) -> tuple[list[tuple[int, Fact]], int]:
    """Return the next facts that a caller is told of, with their positions, and where to go on.

    What it is not told of is passed over, so that there are facts on the page if there are any soon.
    """
    found: list[tuple[int, Fact]] = []
    for _ in range(_STRIDES):
        facts = home.feed(position, limit)
        found = [(position + n, each) for n, each in enumerate(facts) if showing.is_told(who, each)]
        position += len(facts)
        if found or len(facts) < limit:
            break
    return found, position


async def _one_fact(service: Service, request: Asking) -> Answering:
    key, who = of_path(request.path_params["id"]), admitted(request)
    Query(request.scope["query_string"], ())
    found = await service.readers.read(lambda home: home.facts_of_ids((key,)))
    if not found or not showing.is_told(who, found[0]):
        raise NotFound(f"fact:{key}", kind=_FACT)
    note_page(request, 1, next(subjects_of(found[0]), None))
    return tagged(request, showing.fact(who, found[0]))


async def _tasks(service: Service, request: Asking) -> Answering:
    query = Query(request.scope["query_string"], OF_TASKS)
    said, paging, now = query.get("role"), query.paging(), service.clock.now()
    if said is not None and said not in [*Role]:
        raise BadQuery("role", name="role", reason=_ROLES.fill(known=", ".join(Role)))
    role = None if said is None else Role(said)
    page = await service.readers.read(
        lambda home: home.tasks(now, role, after=paging.after, limit=paging.limit)
    )
    mine = tasks_of(admitted(request).caller.role)
    waiting = [each for each in page.items if each.kind in mine]
    note_page(request, len(waiting))
    return _page(request, (documents.task(each, now) for each in waiting), page)


def _page(request: Asking, items: Iterable[Any], page: Answer[Any]) -> Answering:
    """Answer a page, with a link to the next one (RFC 8288)."""
    headers = {} if page.next is None else _link(request, {"after": page.next})
    return answer({"items": list(items), "next": page.next}, headers=headers)


def _link(request: Asking, said: Mapping[str, str]) -> dict[str, str]:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in said]
    query = urlencode([*kept, *said.items()])
    path: str = request.scope["path"]
    return {"Link": f'<{path}?{query}>; rel="next"'}
