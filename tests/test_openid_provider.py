# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What a certified provider cannot be made to do: wrong tokens, changed keys, mixed-up issuers, and no answer at all."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from joserfc import jwk, jwt
from starlette.testclient import TestClient

from wazi import config
from wazi.config import OpenId, Sources
from wazi.desk import Desk
from wazi.errors import SettingError
from wazi.serve import auth, auth_local, auth_openid
from wazi.serve.app import create
from wazi.serve.openid_provider import LARGEST, Down, Provider
from wazi.serve.openid_tokens import Wrong

pytestmark = pytest.mark.enable_socket

BACK = "https://answers.example/sign-in/openid/back"
RSA = jwk.RSAKey.generate_key(2048, parameters={"kid": "one"})
OTHER = jwk.RSAKey.generate_key(2048, parameters={"kid": "one"})
NEXT = jwk.RSAKey.generate_key(2048, parameters={"kid": "two"})
ACCESS = "an access token"

Claims = dict[str, Any]


@dataclass
class Fake:
    """A provider that is honest until it is told otherwise. `answers` replaces what an address says."""

    issuer: str = ""
    keys: list[Any] = field(default_factory=lambda: [RSA])
    id_token: str = ""
    userinfo: Any = field(default_factory=lambda: {"sub": "ada", "name": "Ada"})
    discovery: Claims = field(default_factory=dict)
    answers: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: list[tuple[Mapping[str, str], dict[str, list[str]]]] = field(default_factory=list)

    def claims(self, **changed: Any) -> Claims:
        now = int(time.time())
        said = {"iss": self.issuer, "sub": "ada", "aud": "wazi", "exp": now + 300, "iat": now, "nonce": "n"} | changed
        return {name: value for name, value in said.items() if value is not None}

    def answer(self, path: str) -> tuple[int, str, bytes]:
        if path in self.answers:
            return self.answers[path]
        if path == "/userinfo" and isinstance(self.userinfo, str):
            return 200, "application/jwt", self.userinfo.encode()
        names = {"authorization_endpoint": "auth", "token_endpoint": "token", "userinfo_endpoint": "userinfo"}
        bodies: dict[str, Any] = {
            "/.well-known/openid-configuration": {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"}
            | {name: f"{self.issuer}/{path}" for name, path in names.items()}
            | self.discovery,
            "/keys": {"keys": [key.as_dict(private=False) for key in self.keys]},
            "/token": {"id_token": self.id_token, "access_token": ACCESS, "token_type": "Bearer"},
            "/userinfo": self.userinfo,
        }
        return 200, "application/json", json.dumps(bodies[path]).encode()


@pytest.fixture
def fake() -> Iterator[Fake]:
    told = Fake()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append(self.path)
            status, kind, body = told.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            told.sent.append((self.headers, parse_qs(form)))
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.issuer = f"http://127.0.0.1:{server.server_port}"
        told.id_token = signed(told.claims())
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield told
        server.shutdown()


def signed(claims: Claims, key: Any = RSA, kind: str = "RS256", **header: Any) -> str:
    return jwt.encode({"alg": kind, "kid": key.kid, **header}, claims, key, algorithms=[kind])


def text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def part(value: Any) -> str:
    return text(json.dumps(value).encode())


def provider_of(fake: Fake, clock: Callable[[], float] = time.time, **given: Any) -> Provider:
    settings = OpenId.model_validate({"issuer": fake.issuer, "client_id": "wazi", "client_secret": "secret"} | given)
    return Provider(settings, Sources(), BACK, clock=clock)


def redeem(provider: Provider, issuer: str | None = None) -> Mapping[str, Any]:
    return provider.redeem("code", verifier="v", nonce="n", issuer=issuer).claims


def test_an_honest_one_is_believed(fake: Fake) -> None:
    told = provider_of(fake).redeem("code", verifier="v", nonce="n", issuer=fake.issuer)
    assert (told.subject, told.claims["name"]) == ("ada", "Ada")
    headers, form = fake.sent[0]
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"wazi:secret"
    assert form == {
        "grant_type": ["authorization_code"],
        "code": ["code"],
        "redirect_uri": [BACK],
        "code_verifier": ["v"],
    }


NOW = int(time.time())
LIES: dict[str, Claims] = {
    "nonce": {"nonce": "m"},
    "no nonce": {"nonce": None},
    "nonce of another kind": {"nonce": ["n"]},
    "audience": {"aud": "another"},
    "no audience": {"aud": None},
    "empty audience": {"aud": []},
    "audiences without azp": {"aud": ["wazi", "another"]},
    "azp": {"azp": "another"},
    "issuer": {"iss": "https://another.example"},
    "expired": {"exp": NOW - 120},
    "no end": {"exp": None},
    "end as text": {"exp": str(NOW + 300)},
    "issued in the future": {"iat": NOW + 3600},
    "not yet": {"nbf": NOW + 3600},
    "no subject": {"sub": None},
    "long subject": {"sub": "x" * 256},
    "hash of another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_wrong_claim_is_refused(fake: Fake, lie: Claims) -> None:
    fake.id_token = signed(fake.claims(**lie))
    with pytest.raises(Wrong):
        redeem(provider_of(fake))
    assert "/userinfo" not in fake.asked


def test_what_is_right_is_believed(fake: Fake) -> None:
    half = text(hashlib.sha256(ACCESS.encode()).digest()[:16])
    for truth in ({"aud": ["wazi", "another"], "azp": "wazi"}, {"exp": int(time.time()) - 30}, {"at_hash": half}):
        fake.id_token = signed(fake.claims(**truth))
        assert redeem(provider_of(fake))["sub"] == "ada"
    fake.id_token = signed(fake.claims(iss=f"{fake.issuer}/"))
    with pytest.raises(Wrong):
        redeem(provider_of(fake))


def test_a_token_that_is_not_signed_is_refused(fake: Fake) -> None:
    for kind in ("none", "None", "NONE", ""):
        fake.id_token = f"{part({'alg': kind, 'kid': 'one'})}.{part(fake.claims())}."
        with pytest.raises(Wrong):
            redeem(provider_of(fake))
    for token in ("", "a.b.c", "x", "....", signed(fake.claims())[:-4] + "AAAA"):
        fake.id_token = token
        with pytest.raises(Wrong):
            redeem(provider_of(fake))


def test_a_shared_secret_signs_nothing(fake: Fake) -> None:
    """The public key, or the client's own secret, taken for a secret of HMAC."""
    for secret in (RSA.as_pem(private=False), b"secret"):
        body = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(fake.claims())}"
        fake.id_token = f"{body}.{text(hmac.digest(secret, body.encode(), 'sha256'))}"
        with pytest.raises(Wrong):
            redeem(provider_of(fake))


def test_another_key_of_the_same_name_signs_nothing(fake: Fake) -> None:
    fake.id_token = signed(fake.claims(), OTHER)
    with pytest.raises(Wrong):
        redeem(provider_of(fake))


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("PS256", RSA),
        ("RS256", RSA),
        ("ES256", jwk.ECKey.generate_key("P-256", parameters={"kid": "e"})),
        ("ES256K", jwk.ECKey.generate_key("secp256k1", parameters={"kid": "k"})),
        ("EdDSA", jwk.OKPKey.generate_key("Ed25519", parameters={"kid": "o"})),
    ],
)
def test_kinds_of_signature(fake: Fake, kind: str, key: Any) -> None:
    fake.keys = [key]
    fake.id_token = signed(fake.claims(), key, kind)
    assert redeem(provider_of(fake))["sub"] == "ada"


def test_a_key_is_for_one_kind_and_use(fake: Fake) -> None:
    for limited in ({"alg": "PS256"}, {"use": "enc"}):
        fake.keys = [jwk.RSAKey.import_key(RSA.as_dict(private=True), {**limited, "kid": "one"})]
        with pytest.raises(Wrong):
            redeem(provider_of(fake))


def test_keys_change(fake: Fake) -> None:
    provider = provider_of(fake)
    redeem(provider)
    redeem(provider)
    assert fake.asked.count("/keys") == 1
    fake.keys = [NEXT]
    fake.id_token = signed(fake.claims(), NEXT)
    assert redeem(provider)["sub"] == "ada"
    assert fake.asked.count("/keys") == 2
    fake.id_token = signed(fake.claims(), RSA)
    with pytest.raises(Wrong):
        redeem(provider)
    assert fake.asked.count("/keys") == 3, "once more, and no oftener"


def test_a_key_that_was_taken_back_is_forgotten_within_the_hour(fake: Fake) -> None:
    moment = [time.time()]
    provider = provider_of(fake, lambda: moment[0])
    redeem(provider)
    fake.keys = [NEXT]
    moment[0] += 3601
    fake.id_token = signed(fake.claims(iat=int(moment[0]), exp=int(moment[0]) + 60), RSA)
    with pytest.raises(Wrong):
        redeem(provider)


def test_issuers_are_not_mixed_up(fake: Fake) -> None:
    with pytest.raises(Wrong):
        redeem(provider_of(fake), "https://another.example")
    fake.discovery = {"authorization_response_iss_parameter_supported": True}
    with pytest.raises(Wrong):
        redeem(provider_of(fake))
    assert not fake.sent, "the code was not given away"
    fake.discovery = {"issuer": "https://another.example"}
    with pytest.raises(Down):
        redeem(provider_of(fake))


@pytest.mark.parametrize("where", ["http://tokens.example/token", "https://me:pw@tokens.example/", 7, "file:///x"])
def test_an_address_without_encryption_gets_no_code(fake: Fake, where: object) -> None:
    fake.discovery = {"token_endpoint": where}
    with pytest.raises(Down):
        redeem(provider_of(fake))


def test_userinfo_is_about_the_same_person_and_from_the_same_provider(fake: Fake) -> None:
    fakes: list[Any] = [
        {"sub": "eve"},
        {"name": "Ada"},
        [],
        signed({"sub": "eve"}),
        signed({"sub": "ada"}, OTHER),
        signed({"sub": "ada", "iss": "https://another.example"}),
        signed({"sub": "ada", "aud": "another"}),
    ]
    for told in fakes:
        fake.userinfo = told
        with pytest.raises(Wrong):
            redeem(provider_of(fake))
    fake.userinfo = signed({"sub": "ada", "iss": fake.issuer, "aud": "wazi", "name": "Ada"})
    assert redeem(provider_of(fake))["name"] == "Ada"


def test_esignet_takes_userinfo_only_when_it_is_signed(fake: Fake, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text(json.dumps({"keys": [NEXT.as_dict(private=True)]}))
    esignet = provider_of(fake, client_secret="", key_file=str(path), profile="esignet")
    with pytest.raises(Wrong):
        redeem(esignet)
    form = fake.sent[0][1]
    assert "client_secret" not in form
    said = jwt.decode(form["client_assertion"][0], NEXT, algorithms=["PS256"]).claims
    assert (said["iss"], said["sub"], said["aud"]) == ("wazi", "wazi", f"{fake.issuer}/token")
    assert 0 < said["exp"] - time.time() <= 60
    fake.userinfo = signed({"sub": "ada", "name#fr": "Ada"})
    assert redeem(esignet)["name#fr"] == "Ada"


def test_the_way_to_prove_who_one_is(fake: Fake) -> None:
    fake.id_token = signed(fake.claims(acr="password"))
    assert redeem(provider_of(fake, acr_values=["code", "password"]))["acr"] == "password"
    with pytest.raises(Wrong):
        redeem(provider_of(fake, acr_values=["code"]))


BROKEN: dict[str, tuple[str, tuple[int, str, bytes]]] = {
    "a code that is not taken": ("/token", (400, "application/json", b'{"error": "invalid_grant"}')),
    "no tokens": ("/token", (200, "application/json", b"{}")),
    "no JSON": ("/token", (200, "text/html", b"<p>")),
    "failure": ("/token", (500, "text/html", b"")),
    "too large": ("/token", (200, "application/json", b" " * (LARGEST + 1))),
    "userinfo refused": ("/userinfo", (401, "application/json", b"{}")),
    "keys that are none": ("/keys", (200, "application/json", b'{"keys": 3}')),
    "keys that cannot be read": ("/keys", (200, "application/json", b'{"keys": [{"kty": "RSA", "n": 1}, 5]}')),
    "no discovery": ("/.well-known/openid-configuration", (404, "text/html", b"")),
    "another place": ("/.well-known/openid-configuration", (302, "text/html", b"")),
}


@pytest.mark.parametrize(("path", "answer"), BROKEN.values(), ids=BROKEN)
def test_a_broken_answer_signs_nobody_in(fake: Fake, path: str, answer: tuple[int, str, bytes]) -> None:
    fake.answers[path] = answer
    with pytest.raises((Wrong, Down)):
        redeem(provider_of(fake))


def test_a_provider_that_is_down_is_not_asked_at_once_again(fake: Fake) -> None:
    moment = [time.time()]
    provider = provider_of(fake, lambda: moment[0])
    path = "/.well-known/openid-configuration"
    fake.answers[path] = (503, "text/html", b"")
    for _ in range(5):
        with pytest.raises(Down):
            provider.start(state="s", nonce="n", challenge="c", language="en")
    assert fake.asked == [path]
    fake.answers.clear()
    moment[0] += 6
    assert provider.start(state="s", nonce="n", challenge="c", language="en").startswith(f"{fake.issuer}/auth?")


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"issuer": "http://identity.example"}, "https"),
        ({"client_id": ""}, "client_id"),
        ({"client_secret": ""}, "key_file"),
        ({"profile": "esignet"}, "key_file"),
        ({"client_secret_file": "/nowhere/at/all"}, "client_secret_file"),
        ({"key_file": "/nowhere/at/all"}, "key_file"),
    ],
)
def test_settings_that_cannot_work_stop_the_start(given: dict[str, str], word: str) -> None:
    fake = Fake(issuer="https://identity.example")
    with pytest.raises(SettingError, match=word) as stopped:
        provider_of(fake, **given)
    assert "secret'" not in str(stopped.value)


def test_the_secret_is_not_in_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / "wazi.toml").write_text('[openid]\nclient_secret = "x"\n')
    with pytest.raises(SettingError, match="WAZI_OPENID__CLIENT_SECRET"):
        config.load(tmp_path, environment={})


def test_a_way_back_is_open_for_ten_minutes_and_in_this_process() -> None:
    moment = [1000.0]
    ways = auth_openid.Ways(lambda: moment[0])
    early, late = ways.begin("en"), ways.begin("en")
    with pytest.raises(auth_openid.Stopped):
        auth_openid.Ways(lambda: moment[0]).come_back(early.cookie, early.state)
    with pytest.raises(auth_openid.Stopped):
        ways.come_back(early.cookie, late.state)
    moment[0] += 600
    assert ways.come_back(early.cookie, early.state) == early
    moment[0] += 1
    with pytest.raises(auth_openid.Stopped):
        ways.come_back(late.cookie, late.state)


def test_who_cannot_sign_in_is_told_in_plain_words(fake: Fake, desk: Desk) -> None:
    fake.answers["/.well-known/openid-configuration"] = (500, "text/html", b"Traceback: secret")
    given = OpenId.model_validate({"issuer": fake.issuer, "client_id": "wazi", "client_secret": "x"})
    api = desk.settings.api.model_copy(update={"url": "http://127.0.0.1"})
    settings = desk.settings.model_copy(update={"openid": given, "api": api})
    with auth.open_for(settings) as state:
        app = create(desk, auth.reader_of)
        door = auth.add(app, settings, state)
        auth_local.add(app, door)
        auth_openid.add(app, door, desk.audit)
        client = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
        down = client.get(f"{auth_openid.START}?lang=sw")
        assert down.status_code == 503
        assert "haijibu" in down.text
        assert "Traceback" not in down.text
        assert "error=" not in down.text
        forged = client.get(f"{auth_openid.BACK}?error=access_denied&error_description=<b>Call+0900</b>&state=x")
        assert forged.status_code == 401
        assert "0900" not in forged.text
        assert client.get(auth_openid.OUT).status_code == 200
