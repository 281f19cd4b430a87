"""Reads over HTTP: rows by their ids and page by page, facts, the feed, tasks. None blocks the loop."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from holdfast.journal.pages import Answer
from holdfast.kernel.actor import Role
from holdfast.kernel.refusal import NotFound
from holdfast.kernel.text import Text
from holdfast.service import documents, examples, schemas
from holdfast.service.answers import Answering, Asking, answer, tagged
from holdfast.service.asking import MOST, SUBJECTS, Query, of_path
from holdfast.service.operation import Given, Operation, Parameter, Schema, in_path, in_query, ok
from holdfast.service.refusals import BadQuery
from holdfast.service.resources import Resource, resources
from holdfast.service.routes import PREFIX
from holdfast.service.service import Service

FACTS = f"{PREFIX}/facts"
TASKS = f"{PREFIX}/tasks"

PAGE = ("limit", "after")
OF_ROWS = (*PAGE, "newest_first")
OF_LISTED = (*SUBJECTS, *OF_ROWS)
OF_FACTS = (*SUBJECTS, "kind", "since", "until", *OF_ROWS)
OF_FEED = ("after_position", "limit")
OF_TASKS = ("role", *PAGE)

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
_KNOWN = Parameter("If-None-Match", "header", description="The ETag that is known: 304 while it is the same")
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
    key = of_path(request.path_params["id"])
    Query(request.scope["query_string"], ())
    row = await service.readers.read(lambda home: home.row(resource.kind, key))
    if row is None:
        raise NotFound(f"{resource.kind.__name__.lower()}:{key}", kind=resource.kind.called)
    return tagged(request, documents.document(row))


async def _collection(resource: Resource, service: Service, request: Asking) -> Answering:
    query = Query(request.scope["query_string"], OF_LISTED if resource.by_subject else OF_ROWS)
    paging, subject, newest = query.paging(), query.subject(), query.flag("newest_first")
    page = await service.readers.read(
        lambda home: home.row_page(
            resource.kind, subject, after=paging.after, limit=paging.limit, newest_first=newest
        )
    )
    return _page(request, map(documents.document, page.items), page)


async def _facts(service: Service, request: Asking) -> Answering:
    raw = request.scope["query_string"]
    if b"after_position" in raw:
        return await _feed(service, Query(raw, OF_FEED), request)
    query = Query(raw, OF_FACTS, repeated=("kind",))
    asked, paging = query.asked(), query.paging()
    page = await service.readers.read(
        lambda home: home.fact_page(asked, after=paging.after, limit=paging.limit)
    )
    return _page(request, map(documents.fact, page.items), page)


async def _feed(service: Service, query: Query, request: Asking) -> Answering:
    """Answer facts in the order of their commits: whoever goes on from `next` misses none."""
    position, limit = query.number("after_position") or 0, query.paging().limit
    facts = await service.readers.read(lambda home: home.feed(position, limit))
    found = [{"position": position + number, **documents.fact(each)} for number, each in enumerate(facts)]
    following = position + len(facts)
    link = _link(request, {"after_position": str(following), "limit": str(limit)})
    return answer({"items": found, "next": following}, headers=link if facts else {})


async def _one_fact(service: Service, request: Asking) -> Answering:
    key = of_path(request.path_params["id"])
    Query(request.scope["query_string"], ())
    found = await service.readers.read(lambda home: home.facts_of_ids((key,)))
    if not found:
        raise NotFound(f"fact:{key}", kind=_FACT)
    return tagged(request, documents.fact(found[0]))


async def _tasks(service: Service, request: Asking) -> Answering:
    query = Query(request.scope["query_string"], OF_TASKS)
    said, paging, now = query.get("role"), query.paging(), service.clock.now()
    if said is not None and said not in [*Role]:
        raise BadQuery("role", name="role", reason=_ROLES.fill(known=", ".join(Role)))
    role = None if said is None else Role(said)
    page = await service.readers.read(
        lambda home: home.tasks(now, role, after=paging.after, limit=paging.limit)
    )
    return _page(request, (documents.task(each, now) for each in page.items), page)


def _page(request: Asking, items: Iterable[Any], page: Answer[Any]) -> Answering:
    """Answer a page, with a link to the next one (RFC 8288)."""
    headers = {} if page.next is None else _link(request, {"after": page.next})
    return answer({"items": list(items), "next": page.next}, headers=headers)


def _link(request: Asking, said: Mapping[str, str]) -> dict[str, str]:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in said]
    query = urlencode([*kept, *said.items()])
    path: str = request.scope["path"]
    return {"Link": f'<{path}?{query}>; rel="next"'}
