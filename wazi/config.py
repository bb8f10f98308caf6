# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""One typed `Settings`, read once from `wazi.toml` and the environment; the only reader of the environment.

`WAZI_SECTION__NAME` overrides `[section] name`. A bad value stops the start with its name and place. Secrets come only
from the environment or a file, never from `wazi.toml`.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from wazi.errors import SettingError
from wazi.types import EVERYTHING, PUBLIC

PREFIX = "WAZI_"
NOT_SETTINGS = {"WAZI_HOME", "WAZI_CONFIG", "WAZI_MODELS"}


SECRETS = (("compose", "api_key"), ("openid", "client_secret"))
"""Settings that only the environment may give."""
ANSWERING = ("chunk", "embed", "understand", "retrieve", "rerank", "compose")
"""Sections that an answer depends on; secrets are blacked out before they are hashed."""


class Section(BaseModel):
    """A section of the settings: unknown names are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class Sources(Section):
    max_mib: int = Field(100, ge=1, le=4096, description="a larger file is reported as failed and left out")
    skip: tuple[str, ...] = Field((".*", "~$*", "documents.toml"), description="file names left out, as shell patterns")
    seconds: float = Field(60.0, gt=0, description="an address that takes longer is reported as failed")
    contact: str = Field(
        "", description="address or mail that a visited server is told, so that its keeper can reach you"
    )
    private: tuple[str, ...] = Field((), description="hosts and networks of private addresses that may be reached")
    proxy: str = Field(
        "", description="address of the proxy for all fetching; empty: none, whatever the environment says"
    )


class Parse(Section):
    seconds: float = Field(300.0, gt=0, description="a file that takes longer is reported as failed")
    memory_mib: int = Field(3072, ge=256, description="address space one parsing process may use")
    max_characters: int = Field(20_000_000, ge=1000, description="text beyond this is left out and the file is partial")


class Guard(Section):
    personal_data: Literal["report", "mask"] = Field(
        "report", description="count personal data in documents, or black it out in what is held"
    )


class ChunkSettings(Section):
    characters: int = Field(900, ge=200, le=4000, description="upper size of a chunk; long blocks split at sentences")


class Embed(Section):
    model: str = Field("multilingual-e5-small", description="name in the catalogue of models")
    batch: int = Field(32, ge=1, le=1024, description="chunks embedded at a time")


class StoreSettings(Section):
    kind: Literal["lance", "memory"] = Field("lance", description="the part that holds and searches the chunks")
    uri: str = Field("", description="a directory or an s3:// address; empty: inside the home")
    exact_rows: int = Field(20_000, ge=0, description="up to this many chunks dense search is exact, without an index")
    words_in_memory: int = Field(
        200_000, ge=0, description="up to this many rows, words weigh by how rare they are in what the reader may see"
    )


class Understand(Section):
    language: str = Field("en", description="language of replies when neither the asker nor the question tells")
    max_characters: int = Field(2000, ge=1, description="a longer question is refused with this limit stated")


class Retrieve(Section):
    k: int = Field(10, ge=1, le=100, description="hits handed on")
    candidates: int = Field(100, ge=1, le=1000, description="candidates taken from each of lexical and dense search")
    lexical_weight: float = Field(0.5, ge=0, le=1, description="share of the lexical score in the fusion")
    lexical_weights: dict[str, float] = Field(default_factory=dict, description="the same by language of the question")
    lexical_weight_lexicon: float = Field(0.4, ge=0, le=1, description="the same for documents reached by a lexicon")
    lexical_weight_across: float = Field(0.2, ge=0, le=1, description="the same for documents in any other language")


class Rerank(Section):
    keep: int = Field(6, ge=1, le=50, description="hits that compose may read")
    per_document: int = Field(4, ge=1, le=50, description="of them, from one document while others have hits")
    reader: str = Field(
        "home",
        description="judges the best hits: `home` (what `wazi models use` set, else the shipped one), a name, `none`",
    )
    read: int = Field(4, ge=1, le=50, description="hits that the reader reads; the others are left out")
    odds_floor: float = Field(0.0, description="natural log odds, by the reader, that the best hit must answer with")
    evidence_floor: float = Field(0.90, ge=0, le=2, description="cosine + 0.1 x shared telling words that a hit needs")
    other_language_floor: float = Field(0.82, ge=0, le=2, description="cosine a best hit in another language needs")


class Compose(Section):
    model: str = Field("quote", description="`quote` for no generator, or the name of one in the catalogue")
    sentences: int = Field(2, ge=1, le=6, description="quotes an answer shows at most")
    max_tokens: int = Field(256, ge=16, le=4096, description="upper length of a generation")
    context_characters: int = Field(900, ge=200, description="upper length of the sentences in the prompt")
    url: str = Field("", description="an OpenAI-compatible endpoint, used when model is `endpoint`")
    endpoint_model: str = Field("", description="the model's name at that endpoint")
    api_key: SecretStr = Field(SecretStr(""), description="secret; only by WAZI_COMPOSE__API_KEY")


class Access(Section):
    readers: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="access labels held, by reader")
    anonymous: tuple[str, ...] = Field((PUBLIC,), description="labels of a web reader who has not signed in")

    @field_validator("anonymous")
    @classmethod
    def _no_key_to_all(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        if EVERYTHING in labels:
            raise ValueError(f"{EVERYTHING!r} would open every document to everybody: name the labels")
        return labels


class Audit(Section):
    keep_questions: bool = Field(True, description="false: of a question and who asked only a salted hash is kept")
    keep_days: float = Field(0.0, ge=0, description="questions and who asked are erased after this; 0: kept")


class Meter(Section):
    watts: float = Field(15.0, gt=0, description="power of one busy core where no counter can be read (estimate)")
    gco2e_per_kwh: float = Field(458.0, ge=0, description="grid factor; the default is a world mean")
    usd_per_kwh: float = Field(0.2, ge=0, description="price of electricity")


class Serve(Section):
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8080, ge=0, le=65535, description="port to listen on")
    hosts: tuple[str, ...] = Field((), description="names this server answers to, besides those of the computer itself")
    waiting: int = Field(64, ge=1, description="questions that may wait for the model; more get status 503")


class Api(Section):
    body_kib: int = Field(64, ge=1, le=65536, description="a larger request is refused with status 413")
    body_seconds: float = Field(20.0, gt=0, description="a request that takes longer to arrive gets status 408")
    answer_seconds: float = Field(60.0, gt=0, description="an answer that takes longer gets 504; ask in the background")
    keep_hours: float = Field(24.0, ge=0, description="stored responses are erased after this; 0: none is stored")
    keep: int = Field(10_000, ge=1, description="stored responses at most; the oldest go first")
    url: str = Field("", description="public address of this server for links in answers; empty: as it was called")
    spans: bool = Field(False, description="report OpenTelemetry spans without any text, if an exporter is set up")


class Web(Section):
    name: str = Field("wazi", min_length=1, description="name of the service at the head of every page")
    colour: str = Field(
        "#0b5c46",
        pattern=r"^#[0-9a-fA-F]{6}$",
        description="of links and buttons, made darker or lighter to be legible",
    )
    logo: str = Field("", description="path of an SVG or PNG file shown beside the name; empty: the mark of wazi")
    contact: str = Field("", description="how to reach a person, shown with every answer: place, hours, telephone")
    embed: tuple[Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.:\[\]-]+$")], ...] = Field(
        (), description="web sites that may show the widget, like `https://www.county.example`"
    )


class StateSettings(Section):
    url: SecretStr = Field(
        SecretStr(""), description="postgresql://NAME:PASSWORD@HOST/DATABASE; empty: an SQLite file inside the home"
    )


class SignIn(Section):
    hours: float = Field(8.0, gt=0, le=720, description="a sign-in ends after this, whatever is done")
    idle_minutes: float = Field(60.0, gt=0, description="and after this without a request")


class OpenId(Section):
    issuer: str = Field("", description="address of the provider that people sign in with (its `issuer`); empty: none")
    discovery: str = Field("", description="address of its discovery document, where it is not below the issuer")
    client_id: str = Field("", description="what the provider calls this server")
    client_secret: SecretStr = Field(SecretStr(""), description="secret; only by WAZI_OPENID__CLIENT_SECRET")
    client_secret_file: str = Field("", description="path of a file with the secret, instead")
    key_file: str = Field("", description="path of a private key (PEM, JWK or JWK set), instead of a secret")
    profile: Literal["generic", "esignet"] = Field("generic", description="`esignet` for the provider of MOSIP")
    scopes: tuple[str, ...] = Field(("openid",), description="what is asked for; `openid` alone tells no name")
    claims: tuple[str, ...] = Field((), description="single claims that are asked for, like `name`")
    acr_values: tuple[str, ...] = Field((), description="ways to prove who one is, one of which is required")
    name_claim: str = Field("preferred_username", description="claim that names a new person")
    groups_claim: str = Field(
        "", description="claim with the groups, like `groups` or `realm_access.roles`; empty: none"
    )
    create: bool = Field(False, description="whoever the provider knows may come in as a reader, not only known people")
    label: str = Field("", description="name of the provider on the button; empty: the name of its server")
    clock_seconds: int = Field(60, ge=0, le=300, description="how far the provider's clock may be off")


class Settings(Section):
    """Every setting, one section a step."""

    home: Path = Field(Path("~/.local/share/wazi"), description="where everything that is held lives")
    models_dir: Path = Field(Path("~/.cache/wazi/models"), description="where weights are kept")
    sources: Sources = Sources()
    parse: Parse = Parse()
    guard: Guard = Guard()
    chunk: ChunkSettings = ChunkSettings()
    embed: Embed = Embed()
    store: StoreSettings = StoreSettings()
    understand: Understand = Understand()
    retrieve: Retrieve = Retrieve()
    rerank: Rerank = Rerank()
    compose: Compose = Compose()
    access: Access = Access()
    audit: Audit = Audit()
    meter: Meter = Meter()
    serve: Serve = Serve()
    api: Api = Api()
    web: Web = Web()
    state: StateSettings = StateSettings()
    sign_in: SignIn = SignIn()
    openid: OpenId = OpenId()

    def digest(self) -> str:
        """A hash of the settings that an answer depends on: the same answers come of the same digest, models and documents."""
        told = self.model_dump_json(include=set(ANSWERING))
        return hashlib.sha256(told.encode()).hexdigest()[:16]


SECTIONS: dict[str, type[Section]] = {
    name: field.annotation
    for name, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
}


def load(
    home: str | Path | None = None,
    config: str | Path | None = None,
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Read the settings: defaults, then the file, then the environment, then `overrides` (section -> name -> value).

    The file is `config`, else `WAZI_CONFIG`, else `wazi.toml` in the home if there is one. Raises SettingError.
    """
    env = os.environ if environment is None else environment
    chosen_home = Path(home or env.get("WAZI_HOME") or Settings.model_fields["home"].default).expanduser()
    path = config or env.get("WAZI_CONFIG")
    file = Path(path).expanduser() if path else chosen_home / "wazi.toml"
    values = _from_file(file, required=path is not None)
    origin = {(s, n): str(file) for s, names in values.items() if isinstance(names, dict) for n in names}
    for variable, section, name in _variables(env):
        values.setdefault(section, {})[name] = _plain(env[variable], text=_is_text(section, name))
        origin[section, name] = variable
    for section, names in (overrides or {}).items():
        values.setdefault(section, {}).update(names)
        origin |= {(section, name): "the command line" for name in names}
    values["home"] = chosen_home.absolute()
    models = env.get("WAZI_MODELS") or values.get("models_dir") or Settings.model_fields["models_dir"].default
    values["models_dir"] = Path(models).expanduser().absolute()
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingError(_explain(error, origin, file)) from error


def tessdata_prefix() -> Path | None:
    """The folder that the OCR engine's own variable names, None where it is not set."""
    named = os.environ.get("TESSDATA_PREFIX")
    return Path(named) if named else None


def _from_file(file: Path, *, required: bool) -> dict[str, Any]:
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if required:
            raise SettingError(f"no settings file at {file}: check --config or WAZI_CONFIG") from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"cannot read the settings file {file}: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{file} is not valid TOML: {error}") from error
    for name in SECTIONS.keys() & values.keys():
        if not isinstance(values[name], dict):
            raise SettingError(f"{_line(str(file), '', name)}: {name} is a section: write [{name}] above its settings")
    for section, name in SECRETS:
        if name in values.get(section, {}):
            variable = f"{PREFIX}{section}__{name}".upper()
            raise SettingError(f"{file}: [{section}] {name} is a secret: set {variable} instead")
    if "home" in values:
        raise SettingError(f"{_line(str(file), '', 'home')}: home cannot stand here: set --home or WAZI_HOME")
    if not isinstance(values.get("models_dir", ""), str):
        raise SettingError(f"{_line(str(file), '', 'models_dir')}: models_dir is not a text: correct it")
    return values


def _variables(env: Mapping[str, str]) -> list[tuple[str, str, str]]:
    found = []
    for variable in sorted(env):
        if not variable.startswith(PREFIX) or variable in NOT_SETTINGS:
            continue
        section, separator, name = variable[len(PREFIX) :].lower().partition("__")
        if not separator:
            raise SettingError(f"unknown setting {variable}: settings are written WAZI_SECTION__NAME")
        if section not in SECTIONS:
            raise SettingError(f"unknown setting {variable}: type `wazi doctor --settings` for the list")
        found.append((variable, section, name))
    return found


def _is_text(section: str, name: str) -> bool:
    field = SECTIONS[section].model_fields.get(name)
    return field is not None and field.annotation in (str, SecretStr)


def _plain(value: str, *, text: bool) -> Any:
    """An environment value: TOML where it reads as TOML (numbers, lists, tables, true), else the string itself.

    A setting that is `text` stays a string: a key may consist of digits.
    """
    try:
        found = tomllib.loads(f"value = {value}")
    except tomllib.TOMLDecodeError:
        return value
    whole = len(found) == 1 and (isinstance(found["value"], str) or not text)
    return found["value"] if whole else value


def _explain(error: ValidationError, origin: Mapping[tuple[str, str], str], file: Path) -> str:
    first = error.errors()[0]
    where = [str(part) for part in first["loc"]]
    section, name = (where[0], where[1]) if len(where) > 1 else ("", where[0])
    place = origin.get((section, name), str(file))
    label = f"[{section}] {name}" if section else name
    place = _line(place, section, name)
    if first["type"] == "extra_forbidden":
        return f"{place}: unknown setting {label}: type `wazi doctor --settings` for the list"
    return f"{place}: {label} = {first['input']!r}: {first['msg']}"


def _line(place: str, section: str, name: str) -> str:
    """`place`, with the number of the line that sets `name` in `section` (empty: at the top) when it is a file."""
    try:
        lines = Path(place).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return place
    wanted, above = f"{section}.{name}".strip("."), ""
    for number, line in enumerate(lines, start=1):
        key = line.partition("#")[0].partition("=")[0].strip()
        if key.startswith("["):
            key = above = key.strip("[] ")
        elif above:
            key = f"{above}.{key}"
        if key == wanted:
            return f"{place} line {number}"
    return place


def table(settings: Settings | None = None) -> list[dict[str, str]]:
    """Every setting with its default and meaning, for the docs and `wazi doctor --settings`."""
    shown = settings or Settings()
    rows = []
    for section, field in Settings.model_fields.items():
        value = getattr(shown, section)
        if not isinstance(value, Section):
            rows.append({"setting": section, "value": str(value), "meaning": field.description or ""})
            continue
        for name, inner in type(value).model_fields.items():
            text = str(getattr(value, name))
            rows.append({"setting": f"[{section}] {name}", "value": text, "meaning": inner.description or ""})
    return rows
