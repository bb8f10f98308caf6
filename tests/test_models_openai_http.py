# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The endpoint's client against a real server on this machine."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from test_models import collect

from wazi.errors import MissingPart
from wazi.models.openai_http import OpenAIHttp
from wazi.types import Usage

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

MESSAGES = [{"role": "user", "content": "Habari?"}]
SCHEMA = {"type": "object"}


class Endpoint(ThreadingHTTPServer):
    """A server that answers with `reply` (status, server-sent events) and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.reply: tuple[int, list[str]] = (200, [])
        self.asked: dict[str, Any] = {}
        self.key: str | None = None
        self.path = ""
        self.url = f"http://127.0.0.1:{self.server_address[1]}/v1"
        self.silence = 0.0
        self.sent = 0


class Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        self.server.asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.key = self.headers.get("Authorization")
        self.server.path = self.path
        status, lines = self.server.reply
        self.send_response(status)
        self.end_headers()
        try:
            for line in lines:
                time.sleep(self.server.silence)
                self.wfile.write(f"{line}\n\n".encode())
                self.wfile.flush()
                self.server.sent += 1
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    server = Endpoint()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def piece(text: str) -> str:
    return "data: " + json.dumps({"choices": [{"delta": {"content": text}}]})


def ask(endpoint: Endpoint, key: str = "", seconds: float = 5) -> tuple[str, Usage]:
    client = OpenAIHttp(endpoint.url, "big", key, silence_seconds=seconds)
    return collect(client.generate(MESSAGES, schema=SCHEMA, max_tokens=7))


def test_pieces_and_usage_come_through(endpoint: Endpoint) -> None:
    usage = 'data: {"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 3}}'
    role = 'data: {"choices": [{"delta": {"role": "assistant", "content": null}}]}'
    endpoint.reply = (200, [": comment", role, piece('{"a":'), piece(" 1}"), usage, "data: [DONE]"])
    assert ask(endpoint, "k3y") == ('{"a": 1}', Usage(12, 3))
    assert endpoint.path == "/v1/chat/completions"
    assert endpoint.key == "Bearer k3y"
    assert endpoint.asked["messages"] == MESSAGES
    assert endpoint.asked["max_tokens"] == 7
    assert endpoint.asked["temperature"] == 0
    assert endpoint.asked["response_format"]["json_schema"]["schema"] == SCHEMA


def test_closing_stops_the_stream(endpoint: Endpoint) -> None:
    endpoint.reply = (200, [piece("x" * 1000)] * 1000)
    endpoint.silence = 0.005
    pieces = OpenAIHttp(endpoint.url, "big").generate(MESSAGES, schema=None, max_tokens=7)
    assert next(pieces)
    pieces.close()
    time.sleep(0.2)
    assert endpoint.sent < 500
    assert "response_format" not in endpoint.asked


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ((401, []), "WAZI_COMPOSE__API_KEY"),
        ((404, ["no such\nmodel"]), "answers 404 .no such model"),
        ((302, []), "answers 302"),
        ((200, ["data: {oops"]), "does not speak"),
        ((200, ["data: [1]"]), "does not speak"),
    ],
)
def test_a_bad_endpoint_is_one_clear_line(endpoint: Endpoint, reply: tuple[int, list[str]], words: str) -> None:
    endpoint.reply = reply
    with pytest.raises(MissingPart, match=words) as caught:
        ask(endpoint, "s3cret")
    assert "\n" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_silent_endpoint_is_not_waited_for_for_ever(endpoint: Endpoint) -> None:
    endpoint.reply = (200, [piece("late")])
    endpoint.silence = 1.0
    with pytest.raises(MissingPart, match="said nothing for too long"):
        ask(endpoint, seconds=0.1)


def test_an_endpoint_that_is_not_there() -> None:
    client = OpenAIHttp("http://127.0.0.1:9/v1", "big")
    with pytest.raises(MissingPart, match="cannot be reached"):
        next(client.generate(MESSAGES, schema=None, max_tokens=7))
