"""The page of all operations: one HTML document without scripts that refers to nothing outside of itself."""

from functools import cache
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("holdfast.service", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(document: dict[str, Any]) -> str:
    """Return the page of the operations of an OpenAPI document."""
    sections: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            sections.setdefault(said["tags"][0], []).append(_row(path, method, said))
    return _environment().get_template("operations.html.j2").render(sections=sections)


def _row(path: str, method: str, said: dict[str, Any]) -> dict[str, Any]:
    sent = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    return {
        "name": said["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": said["summary"],
        "person": said.get("x-person", False),
        "query": [each["name"] for each in said["parameters"] if each["in"] == "query"],
        "example": None if sent is None else msgspec.json.format(msgspec.json.encode(sent)).decode(),
    }
