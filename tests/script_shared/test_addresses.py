"""Origins, prefixes and networks are read as people write them, and refused with what to write."""

import pytest

from script_shared.addresses import networks, origins, prefix
from script_shared.errors import SettingsError
from script_shared.settings import load_settings


@pytest.mark.parametrize(
    "text",
    [
        "site.example",
        "https://site.example/path",
        "ftp://site.example",
        "https://",
        "null",
        "https://*.example",
        "https://a b",
    ],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an origin"):
        origins(text)


@pytest.mark.parametrize("text", ["", " ", ",,"])
def test_nothing_named_is_no_origin(text: str) -> None:
    assert origins(text) == ()


@pytest.mark.parametrize(
    "text", ["/a b", "/a?b", "/a//b", "/../a", "/a/./b", "/é", '/"><script>', "https://site/pauta"]
)
def test_what_is_no_prefix_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a path prefix"):
        prefix(text)


def test_a_star_is_every_network() -> None:
    assert [str(network) for network in networks("*")] == ["0.0.0.0/0", "::/0"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("PAUTA_CORS_ORIGINS", "site"), ("PAUTA_ROOT_PATH", "/a?b"), ("PAUTA_TRUSTED_PROXIES", "10.0.0.0/99")],
)
def test_a_setting_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        load_settings()
