"""Reads over HTTP: rows by their ids and page by page, facts, the feed, tasks. None blocks the loop."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from litestar import get
from litestar.handlers import HTTPRouteHandler

from holdfast.journal.pages import Answer
from holdfast.kernel.actor import Role
from holdfast.kernel.refusal import NotFound
from holdfast.kernel.text import Text
from holdfast.service import documents
from holdfast.service.answers import Answering, Asking, answer, tagged
from holdfast.service.asking import SUBJECTS, Query, of_path
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


def operations(service: Service) -> list[HTTPRouteHandler]:
    """Return the operations of all reads."""
    of_rows = [make(service, each) for each in resources() for make in (_single, _collection)]
    return [*of_rows, _facts(service), _one_fact(service), _tasks(service)]


def _single(service: Service, resource: Resource) -> HTTPRouteHandler:
    async def handle(request: Asking) -> Answering:
        key = of_path(request.path_params["id"])
        Query(request.scope["query_string"], ())
        row = await service.readers.read(lambda home: home.row(resource.kind, key))
        if row is None:
            raise NotFound(f"{resource.kind.__name__.lower()}:{key}", kind=resource.kind.called)
        return tagged(request, documents.document(row))

    return get(f"{resource.path}/{{id:str}}", name=f"one:{resource.name}")(handle)


def _collection(service: Service, resource: Resource) -> HTTPRouteHandler:
    known = OF_LISTED if resource.by_subject else OF_ROWS

    async def handle(request: Asking) -> Answering:
        query = Query(request.scope["query_string"], known)
        paging, subject, newest = query.paging(), query.subject(), query.flag("newest_first")
        page = await service.readers.read(
            lambda home: home.row_page(
                resource.kind, subject, after=paging.after, limit=paging.limit, newest_first=newest
            )
        )
        return _page(request, map(documents.document, page.items), page)

    return get(resource.path, name=f"all:{resource.name}")(handle)


def _facts(service: Service) -> HTTPRouteHandler:
    async def handle(request: Asking) -> Answering:
        raw = request.scope["query_string"]
        if b"after_position" in raw:
            return await _feed(service, Query(raw, OF_FEED), request)
        query = Query(raw, OF_FACTS, repeated=("kind",))
        asked, paging = query.asked(), query.paging()
        page = await service.readers.read(
            lambda home: home.fact_page(asked, after=paging.after, limit=paging.limit)
        )
        return _page(request, map(documents.fact, page.items), page)

    return get(FACTS, name="facts")(handle)


async def _feed(service: Service, query: Query, request: Asking) -> Answering:
    """Answer facts in the order of their commits: whoever goes on from `next` misses none."""
    position, limit = query.number("after_position") or 0, query.paging().limit
    facts = await service.readers.read(lambda home: home.feed(position, limit))
    found = [{"position": position + number, **documents.fact(each)} for number, each in enumerate(facts)]
    following = position + len(facts)
    link = _link(request, {"after_position": str(following), "limit": str(limit)})
    return answer({"items": found, "next": following}, headers=link if facts else {})


def _one_fact(service: Service) -> HTTPRouteHandler:
    async def handle(request: Asking) -> Answering:
        key = of_path(request.path_params["id"])
        Query(request.scope["query_string"], ())
        found = await service.readers.read(lambda home: home.facts_of_ids((key,)))
        if not found:
            raise NotFound(f"fact:{key}", kind=_FACT)
        return tagged(request, documents.fact(found[0]))

    return get(f"{FACTS}/{{id:str}}", name="one:facts")(handle)


def _tasks(service: Service) -> HTTPRouteHandler:
    async def handle(request: Asking) -> Answering:
        query = Query(request.scope["query_string"], OF_TASKS)
        said, paging, now = query.get("role"), query.paging(), service.clock.now()
        if said is not None and said not in [*Role]:
            raise BadQuery("role", name="role", reason=_ROLES.fill(known=", ".join(Role)))
        role = None if said is None else Role(said)
        page = await service.readers.read(
            lambda home: home.tasks(now, role, after=paging.after, limit=paging.limit)
        )
        return _page(request, (documents.task(each, now) for each in page.items), page)

    return get(TASKS, name="tasks")(handle)


def _page(request: Asking, items: Iterable[Any], page: Answer[Any]) -> Answering:
    """Answer a page, with a link to the next one (RFC 8288)."""
    headers = {} if page.next is None else _link(request, {"after": page.next})
    return answer({"items": list(items), "next": page.next}, headers=headers)


def _link(request: Asking, said: Mapping[str, str]) -> dict[str, str]:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in said]
    query = urlencode([*kept, *said.items()])
    path: str = request.scope["path"]
    return {"Link": f'<{path}?{query}>; rel="next"'}
