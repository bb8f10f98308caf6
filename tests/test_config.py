# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A bad setting stops the start with its name and place."""

from pathlib import Path

import pytest

from wazi import config
from wazi.errors import SettingError


def test_defaults_file_and_environment_in_that_order(tmp_path: Path) -> None:
    (tmp_path / "wazi.toml").write_text("[retrieve]\nk = 7\ncandidates = 50\n")
    loaded = config.load(tmp_path, environment={"WAZI_RETRIEVE__K": "9"})
    assert (loaded.retrieve.k, loaded.retrieve.candidates) == (9, 50)
    assert loaded.home == tmp_path


def test_the_home_comes_from_the_option_then_the_environment(tmp_path: Path) -> None:
    environment = {"WAZI_HOME": str(tmp_path / "a")}
    assert config.load(environment=environment).home == tmp_path / "a"
    assert config.load(tmp_path / "b", environment=environment).home == tmp_path / "b"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[retrieve]\n\nkk = 7\n", "line 3: unknown setting [retrieve] kk"),
        ("[nonsense]\nk = 7\n", "line 1: unknown setting nonsense"),
        ("[retrieve]\nk = 0\n", "line 2: [retrieve] k = 0"),
        ("[serve]\nport = 'high'\n", "line 2: [serve] port = 'high'"),
        ("[embed]\nmodel = 'x'\n[compose]\nmodel = 3\n", "line 4: [compose] model = 3"),
        ("[access.readers]\nclerk = 3\n", "line 1: [access] readers = 3"),
        ("[access]\nanonymous = ['*']\n", "line 2: [access] anonymous"),
        ("compose = 3\n", "line 1: compose is a section"),
        ("models_dir = 3\n", "line 1: models_dir is not a text"),
        ("home = '/elsewhere'\n", "line 1: home cannot stand here"),
        ("[retrieve\n", "not valid TOML"),
        ("[compose]\napi_key = 'x'\n", "is a secret"),
    ],
)
def test_a_bad_value_names_itself_and_its_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "wazi.toml").write_text(text)
    with pytest.raises(SettingError) as caught:
        config.load(tmp_path, environment={})
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("WAZI_RETRIEVE__KK", "7"),
        ("WAZI_RETRIEVE__K", "many"),
        ("WAZI_RETRIEVE__K", "7\nx = 8"),
        ("WAZI_NONSENSE", "1"),
        ("WAZI_NONSENSE__K", "1"),
        ("WAZI_HOME__K", "1"),
    ],
)
def test_a_bad_variable_is_named(tmp_path: Path, variable: str, value: str) -> None:
    with pytest.raises(SettingError, match=variable):
        config.load(tmp_path, environment={variable: value})


def test_a_bad_option_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"^the command line: \[serve\] port"):
        config.load(tmp_path, overrides={"serve": {"port": 99999}}, environment={})


@pytest.mark.parametrize("key", ["12345678", "['a']", "true", "1979-05-27", "a = 3"])
def test_a_secret_may_look_like_something_else_and_is_never_in_an_error(tmp_path: Path, key: str) -> None:
    loaded = config.load(tmp_path, environment={"WAZI_COMPOSE__API_KEY": key})
    assert loaded.compose.api_key.get_secret_value() == key


def test_a_settings_file_that_was_asked_for_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="no settings file"):
        config.load(tmp_path, tmp_path / "other.toml", environment={})


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    loaded = config.load(tmp_path, environment={"WAZI_COMPOSE__API_KEY": "hush-hush"})
    assert loaded.compose.api_key.get_secret_value() == "hush-hush"
    assert "hush-hush" not in str(config.table(loaded)) + repr(loaded)
