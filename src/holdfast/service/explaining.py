"""What explains the service: its health, and what a code means."""

import asyncio

import psycopg

from holdfast.kernel.refusal import NotFound, Refusal
from holdfast.kernel.text import Text
from holdfast.policy.model import IN_FORCE, InForce
from holdfast.postgres.home import Postgres
from holdfast.service.answers import Answering, Asking, answer, tagged
from holdfast.service.operation import Given, Operation, in_path, ok
from holdfast.service.problems import explanation
from holdfast.service.routes import PREFIX
from holdfast.service.service import Service

LIVE = "/health/live"
READY = "/health/ready"

_CODE = Text("代码", "code")


def operations() -> tuple[Operation, ...]:
    """Return the operations that explain."""
    anything = {"type": "object"}
    away = Given(503, "不可用 It takes none", anything, {"ready": False, "why": "database"})
    coded = explanation(NotFound)
    return (
        Operation(
            "live", "GET", LIVE, "health", "在运行 It runs", _live, ok(anything, {"live": True}), problems=()
        ),
        Operation(
            "ready",
            "GET",
            READY,
            "health",
            "可用 It takes requests",
            _ready,
            (*ok(anything, {"ready": True, "policy": "full"}), away),
            problems=(),
        ),
        Operation(
            "get_problem",
            "GET",
            f"{PREFIX}/problems/{{id}}",
            "explaining",
            "代码的含义 What a code means",
            _problem,
            ok(anything, coded),
            (in_path("id", NotFound.code),),
        ),
    )


async def _live(_service: Service, _request: Asking) -> Answering:
    return answer({"live": True})


async def _ready(service: Service, _request: Asking) -> Answering:
    try:
        async with asyncio.timeout(service.limits.ready_seconds):
            in_force = await service.readers.read(_in_force)
    except (TimeoutError, psycopg.Error, Refusal):
        return answer({"ready": False, "why": "database"}, 503)
    return answer({"ready": True, "policy": in_force})


def _in_force(home: Postgres) -> str | None:
    row = home.row(InForce, IN_FORCE)
    return None if row is None else row.version


async def _problem(_service: Service, request: Asking) -> Answering:
    code = request.path_params["id"]
    kind = Refusal.registry.get(code)
    if kind is None:
        raise NotFound(f"problem:{code}", kind=_CODE)
    return tagged(request, explanation(kind))
