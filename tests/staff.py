# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Signed-in people for tests of the office's pages."""

from collections.abc import Callable

from fastapi import FastAPI
from starlette.testclient import TestClient

from wazi.serve import auth
from wazi.state import State, people, sessions

HERE = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
"""What a browser sends with a form of this site."""

Client = Callable[[str], TestClient]


def clients(app: FastAPI, state: State) -> Client:
    """A browser by the name of who is signed in; empty: nobody."""

    def client(name: str) -> TestClient:
        made = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False, headers=HERE)
        if name:
            token = sessions.begin(state, people.named(state, name).id, hours=1)
            made.cookies.set(auth.PLAIN_COOKIE, token, domain="127.0.0.1")
        return made

    return client
