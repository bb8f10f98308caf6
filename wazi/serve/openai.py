# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The OpenAI-compatible API: models and embeddings here, the rest in the modules `openai_…` beside it.

The official clients work unchanged. `docs/api.md` says what each field does here, and which have no effect.
"""

from __future__ import annotations

import base64
from typing import Any, Literal

import numpy as np
from fastapi import FastAPI, Request
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from wazi.desk import QUOTE, Desk
from wazi.serve import openai_chat, openai_files, openai_responses, openai_search, openapi
from wazi.serve.counter import Counter
from wazi.serve.errors import ApiError
from wazi.serve.openai_words import DEFAULT, Lenient
from wazi.serve.reply import Json

MOST_TEXTS = 64
LONGEST_TEXT = 8000
"""Characters of a text that is embedded: about ten passages' worth of work."""


class EmbeddingRequest(Lenient):
    """What is read of a request for embeddings."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"model": "multilingual-e5-small", "input": ["market stall fee"]}]}
    )

    model: str = Field(description="`wazi`, or the name of the embedder in /v1/models")
    input: str | list[str] = Field(description="texts; lists of tokens are not read")
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = Field(None, description="only that of the model")
    input_type: Literal["passage", "query"] = Field("passage", description="the embedder reads questions otherwise")


def add(app: FastAPI, counter: Counter) -> None:
    """Put the whole of this API into the application."""
    _add_models(app, counter)
    _add_embeddings(app, counter)
    openai_chat.add(app, counter)
    openai_responses.add(app, counter)
    openai_files.add(app, counter)
    openai_search.add(app, counter)


def _models(desk: Desk) -> list[dict[str, Any]]:
    names = dict.fromkeys((DEFAULT, QUOTE, desk.settings.compose.model, desk.settings.embed.model))
    return [{"id": name, "object": "model", "created": 0, "owned_by": "wazi"} for name in names]


def _add_models(app: FastAPI, counter: Counter) -> None:
    desk = counter.desk

    @app.get("/v1/models", summary="The models offered here", tags=["openai"], operation_id="listModels")
    def models(request: Request) -> Json:
        counter.reader(request)
        return Json({"object": "list", "data": _models(desk)})

    @app.get(
        "/v1/models/{name}",
        summary="One model",
        tags=["openai"],
        operation_id="retrieveModel",
        responses=openapi.failures(404),
    )
    def model(name: str, request: Request) -> Json:
        counter.reader(request)
        for row in _models(desk):
            if row["id"] == name:
                return Json(row)
        raise _unknown(name)


def _unknown(name: str) -> ApiError:
    said = f"the model {name!r} is not offered here: see /v1/models"
    return ApiError(said, status=404, code="model_not_found", param="model")


def _add_embeddings(app: FastAPI, counter: Counter) -> None:
    desk = counter.desk

    @app.post(
        "/v1/embeddings",
        summary="Vectors of texts, by the embedder of the search",
        tags=["openai"],
        operation_id="createEmbedding",
        responses=openapi.failures(400, 404, 503),
    )
    def embeddings(body: EmbeddingRequest, request: Request) -> Json:
        counter.reader(request)
        texts = [body.input] if isinstance(body.input, str) else body.input
        _check(body, texts, desk)
        with counter.place():
            embedder = desk.models.embedder
            asked = body.input_type == "query"
            vectors = np.stack([embedder.query(text) for text in texts]) if asked else embedder.passages(texts)
        rows = [
            {"object": "embedding", "index": index, "embedding": _shown(vector, body.encoding_format)}
            for index, vector in enumerate(vectors)
        ]
        usage = {"prompt_tokens": 0, "total_tokens": 0}  # the embedder does not tell its tokens
        return Json({"object": "list", "data": rows, "model": desk.settings.embed.model, "usage": usage})


def _check(body: EmbeddingRequest, texts: list[str], desk: Desk) -> None:
    if body.model not in (DEFAULT, desk.settings.embed.model):
        raise _unknown(body.model)
    if not 1 <= len(texts) <= MOST_TEXTS:
        raise ApiError(f"input: {len(texts)} texts: send 1 to {MOST_TEXTS}", param="input")
    for text in texts:
        if not text.strip() or len(text) > LONGEST_TEXT:
            said = f"input: a text has {len(text)} characters: 1 to {LONGEST_TEXT} are read, and not only blanks"
            raise ApiError(said, param="input")
    dimension = desk.models.embedder.dimension
    if body.dimensions not in (None, dimension):
        raise ApiError(f"dimensions: {body.dimensions} is not offered, only {dimension}", param="dimensions")


def _shown(vector: NDArray[np.float32], form: str) -> str | list[float]:
    if form == "base64":
        return base64.b64encode(vector.astype("<f4").tobytes()).decode()
    shown: list[float] = vector.astype(float).tolist()
    return shown
