# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Signing in with a certified provider of OpenID Connect, in both profiles, from its form to the session here."""

import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest
import uvicorn
from browsing import chromium
from conftest import put
from fastapi import FastAPI, Request
from joserfc import jwk
from starlette.testclient import TestClient

from wazi.config import OpenId
from wazi.desk import Desk
from wazi.serve import auth, auth_local, auth_openid
from wazi.serve.app import _listen, create
from wazi.state import State, people, sessions

NPM = Path(__file__).parent / "npm"
HERE = "http://127.0.0.1"
BACK = f"{HERE}{auth_openid.BACK}"
SAME = {"Sec-Fetch-Site": "same-origin"}
ACR = "mosip:idp:acr:generated-code"
LEVY = "What does the hidden levy cost per year?"
ACCOUNTS = {
    "ada": {"preferred_username": "Ada", "name": "Ada Wanjiru", "groups": ["clinic", "choir"]},
    "ben": {"preferred_username": "ben", "name": "Ben Otieno", "groups": []},
}
OURS = jwk.RSAKey.generate_key(2048)

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not here: apt install nodejs"),
    pytest.mark.skipif(
        not (NPM / "node_modules" / "oidc-provider").exists(), reason="type npm install --prefix tests/npm"
    ),
]


@contextmanager
def provider(**settings: Any) -> Iterator[str]:
    """The issuer of a running provider."""
    told = {"host": "127.0.0.1", "accounts": ACCOUNTS, "features": {}, "acr_values": [], "scopes": {}} | settings
    command = ["node", str(NPM / "openid_provider.mjs"), json.dumps(told)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            issuer = process.stdout.readline().strip()
            assert issuer.startswith("http://"), process.stderr.read()
            yield issuer
        finally:
            process.terminate()


def client_of(name: str, here: str = HERE, **settings: Any) -> dict[str, Any]:
    addresses = {"redirect_uris": [here + auth_openid.BACK], "post_logout_redirect_uris": [f"{here}/"]}
    return {"client_id": name, **addresses, **settings}


@pytest.fixture(scope="module")
def generic() -> Iterator[str]:
    """A provider like Keycloak: secrets, RS256, groups in userinfo, signing out."""
    key = jwk.RSAKey.generate_key(2048, parameters={"use": "sig", "kid": "one"})
    methods = {"basic": "client_secret_basic", "post": "client_secret_post"}
    clients = [
        client_of(name, client_secret="a secret: +/%", token_endpoint_auth_method=method)
        for name, method in methods.items()
    ]
    own = {"keys": [OURS.as_dict(private=False, use="sig", kid=OURS.thumbprint())]}
    clients.append(client_of("key", token_endpoint_auth_method="private_key_jwt", jwks=own))
    scopes = {"profile": ["preferred_username", "name"], "groups": ["groups"]}
    with provider(clients=clients, jwks={"keys": [key.as_dict(private=True)]}, scopes=scopes) as issuer:
        yield issuer


@pytest.fixture(scope="module")
def esignet() -> Iterator[str]:
    """A provider as MOSIP's: our key, PS256 everywhere, signed userinfo, pairwise subjects, no signing out."""
    key = jwk.RSAKey.generate_key(2048, parameters={"use": "sig", "kid": "one", "alg": "PS256"})
    own = {"keys": [OURS.as_dict(private=False, kid=OURS.thumbprint())]}
    base = {
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "PS256",
        "id_token_signed_response_alg": "PS256",
        "userinfo_signed_response_alg": "PS256",
        "subject_type": "pairwise",
        "grant_types": ["authorization_code"],
        "jwks": own,
    }
    sealed = {"userinfo_encrypted_response_alg": "RSA-OAEP-256", "userinfo_encrypted_response_enc": "A256GCM"}
    features = {
        "claimsParameter": {"enabled": True},
        "jwtUserinfo": {"enabled": True},
        "encryption": {"enabled": True},
        "rpInitiatedLogout": {"enabled": False},
    }
    with provider(
        clients=[client_of("signed", **base), client_of("sealed", **base, **sealed)],
        jwks={"keys": [key.as_dict(private=True)]},
        features=features,
        pairwise=True,
        acr_values=[ACR],
        scopes={"profile": ["name"]},
        algorithms={
            "clientAuthSigningAlgValues": ["PS256"],
            "idTokenSigningAlgValues": ["PS256"],
            "userinfoSigningAlgValues": ["PS256"],
            "userinfoEncryptionAlgValues": ["RSA-OAEP-256"],
            "userinfoEncryptionEncValues": ["A256GCM"],
        },
    ) as issuer:
        yield issuer


@pytest.fixture
def state(desk: Desk) -> Iterator[State]:
    put(desk, "audit.md", "# Audit\n\nThe hidden levy costs 900 shillings per year.\n", labels=frozenset({"tax"}))
    with auth.open_for(desk.settings) as opened:
        yield opened


@pytest.fixture
def key_file(tmp_path: Path) -> str:
    path = tmp_path / "key.pem"
    path.write_bytes(OURS.as_pem(private=True))
    return str(path)


@pytest.fixture
def app_of(desk: Desk, state: State) -> Callable[..., FastAPI]:
    """The application with these settings of `[openid]`, found at `here`."""

    def build(here: str = HERE, **given: Any) -> FastAPI:
        update = {"openid": OpenId.model_validate(given), "api": desk.settings.api.model_copy(update={"url": here})}
        settings = desk.settings.model_copy(update=update)
        made: FastAPI = create(desk, auth.reader_of)
        door = auth.add(made, settings, state)
        auth_local.add(made, door)
        auth_openid.add(made, door, desk.audit)

        @made.get("/me")
        def me(request: Request) -> dict[str, str]:
            return {"name": auth.caller_of(request).reader.name}

        return made

    return build


@pytest.fixture
def served(app_of: Callable[..., FastAPI]) -> Callable[..., TestClient]:
    """The application as a browser without pages sees it."""
    return lambda **given: TestClient(app_of(**given), base_url=HERE, follow_redirects=False)


@contextmanager
def running(app: FastAPI, listener: socket.socket) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        yield
    finally:
        server.should_exit = True
        thread.join(10)


def at_provider(where: str, login: str) -> str:
    """Where the provider sends the browser in the end: type the name into its form, and follow."""
    with httpx.Client(trust_env=False) as browser:
        reply = browser.get(where)
        while True:
            if reply.status_code == 200 and "<form" in reply.text:
                reply = browser.post(reply.url, data={"login": login})
            assert reply.is_redirect, reply.text
            where = urljoin(str(reply.url), reply.headers["location"])
            if where.startswith(BACK):
                return where
            reply = browser.get(where)


def sign_in(client: TestClient, login: str) -> httpx.Response:
    """The whole way round."""
    start = client.get(auth_openid.START)
    assert start.status_code == 303, start.text
    return client.get(at_provider(start.headers["location"], login))


def me(client: TestClient) -> str:
    return client.get("/me").json()["name"]


def knows(client: TestClient) -> bool:
    return "900" in client.post("/api/ask", json={"question": LEVY}, headers=SAME).json()["text"]


GENERIC = {"scopes": ["openid", "profile", "groups"], "groups_claim": "groups", "create": True}


@pytest.mark.parametrize("name", ["basic", "post"])
def test_a_secret_and_groups(served: Callable[..., TestClient], state: State, generic: str, name: str) -> None:
    people.set_group(state, "clinic", ["tax"])
    client = served(issuer=generic, client_id=name, client_secret="a secret: +/%", **GENERIC)
    assert not knows(client)
    reply = sign_in(client, "ada")
    assert (reply.status_code, reply.headers["location"]) == (303, "/?lang=en")
    assert (me(client), knows(client)) == ("Ada", True)
    person = people.known(state, issuer=generic, subject="ada")
    assert person is not None
    assert (person.role, person.groups) == ("reader", {"clinic"}), "a group that opens nothing here is not kept"


def test_a_key_of_ours(served: Callable[..., TestClient], generic: str, key_file: str) -> None:
    client = served(issuer=generic, client_id="key", key_file=key_file, **GENERIC)
    assert sign_in(client, "ben").status_code == 303
    assert me(client) == "ben"
    told = client.get(auth_openid.KEYS).json()["keys"]
    assert [entry["kid"] for entry in told] == [OURS.thumbprint()]
    assert not {"d", "p", "q"} & told[0].keys()


@pytest.mark.parametrize("name", ["signed", "sealed"])
def test_esignet(served: Callable[..., TestClient], state: State, esignet: str, key_file: str, name: str) -> None:
    given = {"issuer": esignet, "client_id": name, "key_file": key_file, "profile": "esignet"}
    client = served(**given, claims=["name"], name_claim="name", acr_values=[ACR], create=True)
    start = client.get(f"{auth_openid.START}?lang=fr")
    asked = parse_qs(urlsplit(start.headers["location"]).query)
    assert asked["scope"] == ["openid"]
    assert asked["acr_values"] == [ACR]
    assert asked["ui_locales"] == ["fr"]
    assert json.loads(asked["claims"][0]) == {"userinfo": {"name": {"essential": True}}}
    assert client.get(at_provider(start.headers["location"], "ada")).status_code == 303
    assert me(client) == "Ada Wanjiru"
    assert people.known(state, issuer=esignet, subject=f"ada-of-{name}"), "the subject is of this client alone"
    out = client.get(client.post("/sign-out", headers=SAME).headers["location"])
    assert "end_session" not in out.text
    assert me(client) == "anonymous"


def test_the_request_and_its_cookie(served: Callable[..., TestClient], generic: str) -> None:
    client = served(issuer=generic, client_id="basic", client_secret="x")
    replies = [client.get(auth_openid.START) for _ in range(2)]
    asked = [parse_qs(urlsplit(reply.headers["location"]).query) for reply in replies]
    assert asked[0]["redirect_uri"] == [BACK]
    assert asked[0]["response_type"] == ["code"]
    assert asked[0]["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[0][name][0]) == 43
        assert asked[0][name] != asked[1][name]
    cookie = replies[0].headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=lax", "path=/", "max-age=600"))
    for name in ("state", "nonce"):
        assert asked[0][name][0].lower() not in cookie


def test_only_who_is_known_comes_in(served: Callable[..., TestClient], state: State, generic: str) -> None:
    given = GENERIC | {"create": False}
    client = served(issuer=generic, client_id="basic", client_secret="a secret: +/%", **given)
    unknown = sign_in(client, "ada")
    assert unknown.status_code == 403
    assert "ada" in unknown.text, "what the office needs to let them in"
    assert people.everybody(state) == []
    people.add(state, "somebody", issuer="https://elsewhere.example", subject="ada")
    assert sign_in(client, "ada").status_code == 403, "issuer and subject together, never one alone"
    people.add(state, "treasurer", role="staff", issuer=generic, subject="ada")
    assert sign_in(client, "ada").status_code == 303
    assert me(client) == "treasurer"
    people.change(state, "treasurer", active=False)
    assert me(client) == "anonymous"
    shut_out = sign_in(client, "ada")
    assert (shut_out.status_code, shut_out.text) == (403, unknown.text), "in the same words"


def test_groups_follow_the_provider(served: Callable[..., TestClient], state: State, generic: str, desk: Desk) -> None:
    people.set_group(state, "treasury", ["tax"])
    people.add(state, "ada", groups=["treasury"], issuer=generic, subject="ada")
    client = served(issuer=generic, client_id="basic", client_secret="a secret: +/%", **GENERIC)
    sign_in(client, "ada")
    assert not knows(client)
    (line,) = [each for each in desk.audit.receipts() if each.get("kind") == "people"]
    assert (line["outcome"], line["by"]) == ("person_changed", f"provider {generic}")
    assert (line["what"]["was"]["groups"], line["what"]["groups"]) == (["treasury"], [])
    people.change(state, "ada", groups=["treasury"])
    kept = served(issuer=generic, client_id="basic", client_secret="a secret: +/%", **GENERIC | {"groups_claim": ""})
    sign_in(kept, "ada")
    assert knows(kept), "without groups_claim the office's own groups stay"


def test_nobody_takes_anothers_name(served: Callable[..., TestClient], state: State, generic: str) -> None:
    people.add(state, "Ada", role="admin")
    client = served(issuer=generic, client_id="basic", client_secret="a secret: +/%", **GENERIC)
    assert sign_in(client, "ada").status_code == 303
    assert me(client).startswith("Ada ")
    assert people.named(state, "Ada").issuer is None


def test_a_session_from_before_is_over(served: Callable[..., TestClient], state: State, generic: str) -> None:
    people.add(state, "eve")
    fixed = sessions.begin(state, people.named(state, "eve").id, hours=1)
    client = served(issuer=generic, client_id="basic", client_secret="a secret: +/%", **GENERIC)
    client.cookies.set(auth.PLAIN_COOKIE, fixed, domain="127.0.0.1")
    sign_in(client, "ben")
    assert me(client) == "ben"
    assert sessions.whose(state, fixed, idle_minutes=60) is None


def test_the_way_back_holds_once_and_in_one_browser(served: Callable[..., TestClient], generic: str) -> None:
    client = served(issuer=generic, client_id="basic", client_secret="a secret: +/%", **GENERIC)
    start = client.get(auth_openid.START)
    cookie = client.cookies[f"{auth.PLAIN_COOKIE}-openid"]
    back = at_provider(start.headers["location"], "ben")
    client.cookies.clear()
    assert client.get(back).status_code == 401, "another browser"
    client.cookies.set(f"{auth.PLAIN_COOKIE}-openid", cookie, domain="127.0.0.1")
    assert client.get(back.replace("state=", "state=x")).status_code == 401
    client.cookies.set(f"{auth.PLAIN_COOKIE}-openid", cookie, domain="127.0.0.1")
    assert client.get(back).status_code == 303
    client.cookies.clear()
    client.cookies.set(f"{auth.PLAIN_COOKIE}-openid", cookie, domain="127.0.0.1")
    again = client.get(back)
    assert (again.status_code, me(client)) == (401, "anonymous")
    assert parse_qs(urlsplit(back).query)["code"][0] not in again.text


def test_a_wrong_secret_and_a_cancelled_sign_in(served: Callable[..., TestClient], generic: str) -> None:
    wrong = served(issuer=generic, client_id="basic", client_secret="wrong", **GENERIC)
    assert sign_in(wrong, "ben").status_code == 401
    cancelled = sign_in(wrong, "")
    assert cancelled.status_code == 401
    assert "start again" in cancelled.text


def test_signing_out_there_too(served: Callable[..., TestClient], generic: str) -> None:
    client = served(issuer=generic, client_id="basic", client_secret="a secret: +/%", label="County ID", **GENERIC)
    sign_in(client, "ben")
    reply = client.post("/sign-out", headers=SAME)
    assert (reply.status_code, reply.headers["location"]) == (303, f"{auth_openid.OUT}?lang=en")
    assert me(client) == "anonymous"
    page = client.get(auth_openid.OUT).text
    assert "Sign out of County ID" in page
    there = page.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&")
    with httpx.Client(trust_env=False) as browser:
        asked = browser.get(there)
    assert asked.status_code == 200
    assert "logout" in asked.text, "the provider asks the person, and takes client and address"


def test_a_browser_goes_the_whole_way(app_of: Callable[..., FastAPI]) -> None:
    """The provider has another name, so that the browser takes it for another site and treats cookies so."""
    key = jwk.RSAKey.generate_key(2048, parameters={"use": "sig", "kid": "one"})
    with _listen("127.0.0.1", 0) as listener, chromium() as browser:
        here = f"{HERE}:{listener.getsockname()[1]}"
        known = [client_of("wazi", here, client_secret="x")]
        with provider(host="localhost", clients=known, jwks={"keys": [key.as_dict(private=True)]}) as issuer:
            app = app_of(here, issuer=issuer, client_id="wazi", client_secret="x", create=True, label="County ID")
            with running(app, listener):
                page = browser.new_page(locale="fr")
                page.goto(f"{here}/sign-in")
                page.get_by_role("link", name="Se connecter avec County ID").click()
                assert page.url.startswith(issuer)
                page.get_by_role("textbox").fill("ben")
                page.get_by_role("button").click()
                assert page.url == f"{here}/?lang=fr"
                assert [cookie["name"] for cookie in page.context.cookies(here)] == [auth.PLAIN_COOKIE]
                assert page.evaluate("localStorage.length + sessionStorage.length") == 0
                page.goto(f"{here}/me")
                assert "person " in page.inner_text("body"), "no name was asked for"
