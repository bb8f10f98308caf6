# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Any OpenAI-compatible endpoint (vLLM, Ollama, a llama.cpp server, a provider) as a generator, streaming.

It talks to the one address of the settings and to nothing else: no proxy from the environment, no redirects. It does not
know whether the endpoint obeys the schema; whoever reads the text has to check it.
"""

from __future__ import annotations

import json
from collections.abc import Generator as PyGenerator
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from wazi.errors import MissingPart
from wazi.types import Usage

CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 60.0


class OpenAIHttp:
    """Generator behind `url` (the part before `/chat/completions`, for example `http://host:8000/v1`)."""

    def __init__(
        self,
        url: str,
        model: str,
        api_key: str = "",
        *,
        writes: frozenset[str] = frozenset(),
        marks: frozenset[str] = frozenset(),
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        self.name = model
        self.writes, self.marks = writes, marks
        self._url = url.rstrip("/") + "/chat/completions"
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        timeout = httpx.Timeout(silence_seconds, connect=CONNECT_SECONDS)
        self._client = httpx.Client(headers=headers, timeout=timeout, trust_env=False)

    def generate(
        self, messages: Sequence[Mapping[str, str]], *, schema: Mapping[str, Any] | None, max_tokens: int
    ) -> PyGenerator[str, None, Usage]:
        """Yield pieces as they come; usage is zero if the endpoint does not tell. Raises MissingPart."""
        usage = Usage()
        try:
            with self._client.stream("POST", self._url, json=self._body(messages, schema, max_tokens)) as reply:
                self._check(reply)
                for event in _events(reply):
                    if told := event.get("usage"):
                        usage = Usage(int(told.get("prompt_tokens") or 0), int(told.get("completion_tokens") or 0))
                    for choice in event.get("choices") or ():
                        if piece := (choice.get("delta") or {}).get("content"):
                            yield piece
        except httpx.ConnectError as error:
            raise self._missing(f"cannot be reached ({error})") from error
        except httpx.TimeoutException as error:
            raise self._missing("said nothing for too long") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._missing(f"broke off ({error})") from error
        except (ValueError, TypeError, AttributeError) as error:
            raise self._missing(f"does not speak the chat completions protocol ({error})") from error
        return usage

    def _body(
        self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any] | None, max_tokens: int
    ) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.name,
            "messages": [dict(message) for message in messages],
            "max_tokens": max_tokens,
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if schema is not None:
            named = {"name": "answer", "strict": True, "schema": dict(schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        return body

    def _check(self, reply: httpx.Response) -> None:
        if reply.status_code in (401, 403):
            raise MissingPart(f"the endpoint {self._url} refuses the key: set WAZI_COMPOSE__API_KEY")
        if reply.status_code != httpx.codes.OK:
            said = " ".join(reply.read()[:200].decode("utf-8", errors="replace").split())
            raise self._missing(f"answers {reply.status_code} ({said})")

    def _missing(self, what: str) -> MissingPart:
        return MissingPart(f"the endpoint {self._url} {what}: check [compose] url, or use `--model quote`")


def _events(reply: httpx.Response) -> PyGenerator[dict[str, Any], None, None]:
    """The JSON values of a stream of server-sent events."""
    for line in reply.iter_lines():
        data = line.removeprefix("data:").strip()
        if line.startswith("data:") and data != "[DONE]":
            yield json.loads(data)
