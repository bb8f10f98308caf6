# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The description of the API: OpenAPI 3.1 at `/openapi.json` and the same as 3.0 at `/openapi-3.0.json`.

3.0 is for tools that know nothing newer (X-Road's among them). What it cannot say (`null` as a type, constants) is said as it can.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field

from wazi.serve.reply import Json

DESCRIPTION = (
    "Answers from a public body's own documents, with exact quotes. Every stream has a twin without a stream. Indexes count "
    "Unicode code points, ends are exclusive."
)
KEY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "a key of this office; without one: a public reader"}
}
NEWER = ("propertyNames", "contentMediaType", "contentEncoding", "$schema", "prefixItems")
"""Words of a schema that 3.0 does not know, and that only narrow what is allowed."""


class Problem(BaseModel):
    """What went wrong."""

    message: str = Field(description="what happened, and what to do")
    type: str = Field(
        description="`invalid_request_error`, `authentication_error`, `permission_error` or `server_error`"
    )
    param: str | None = Field(description="the field of the request that it is about")
    code: str | None = Field(description="the same for programs")


class Error(BaseModel):
    """The body of every status of 400 and above."""

    error: Problem


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route for these statuses and any other failure."""
    named: list[int | str] = [*statuses, "default"]
    return {status: {"model": Error, "description": _said(status)} for status in named}


def _said(status: int | str) -> str:
    return {
        400: "The request cannot be used",
        403: "Refused by configuration or rights",
        404: "There is no such thing here, or none that this reader may see",
        422: "The body has the wrong shape",
        503: "No answer at the moment; Retry-After says when to ask again",
        504: "The answer took too long",
    }.get(status if isinstance(status, int) else 0, "A failure")


def add(app: FastAPI) -> None:
    """Put both descriptions into the application."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                description=DESCRIPTION,
                routes=app.routes,
                openapi_version="3.1.0",
            )
            made.setdefault("components", {})["securitySchemes"] = KEY
            made["security"] = [{}, {"bearer": []}]
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]  # the documented way to put one's own in

    @app.get("/openapi.json", include_in_schema=False)
    def newer() -> Json:
        return Json(described())

    @app.get("/openapi-3.0.json", include_in_schema=False)
    def older() -> Json:
        return Json(down(described()) | {"openapi": "3.0.3"})


def down(node: Any) -> Any:
    """A 3.1 description, or a part of it, in the words of 3.0."""
    if isinstance(node, list):
        return [down(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: down(inner) for name, inner in node.items() if name not in NEWER or not isinstance(inner, str | list)}
    if "properties" in node:
        made["properties"] = {name: down(inner) for name, inner in node["properties"].items()}
    return _nullable(_words(made))


def _words(made: dict[str, Any]) -> dict[str, Any]:
    """Constants, examples and open bounds."""
    if "const" in made and not isinstance(made["const"], dict):
        made["enum"] = [made.pop("const")]
    if isinstance(made.get("examples"), list):
        made["example"] = made.pop("examples")[0]
    for bound in ("Minimum", "Maximum"):
        if isinstance(made.get(f"exclusive{bound}"), int | float) and not isinstance(made[f"exclusive{bound}"], bool):
            made[bound.lower()] = made.pop(f"exclusive{bound}")
            made[f"exclusive{bound}"] = True
    return made


def _nullable(made: dict[str, Any]) -> dict[str, Any]:
    """`null` among the types."""
    choices = made.get("anyOf")
    if isinstance(choices, list) and any(_is_null(each) for each in choices):
        left = [each for each in choices if not _is_null(each)]
        del made["anyOf"]
        if len(left) > 1:
            return made | {"anyOf": left, "nullable": True}
        only = {"allOf": left} if "$ref" in left[0] else left[0]
        return only | made | {"nullable": True}
    if isinstance(made.get("type"), list):
        left = [each for each in made["type"] if each != "null"]
        return made | {"type": left[0], "nullable": True}
    return made


def _is_null(schema: Any) -> bool:
    """Also one that was a bare null and has been through here already."""
    return isinstance(schema, dict) and schema.get("type") == "null"
