"""The command line for named tokens."""

import json
from pathlib import Path

import pytest

from pipelines.commands.tokens import main
from script_shared.errors import ConflictError, InputError
from script_shared.events import EventLog
from script_shared.people import digest_of
from script_shared.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def test_a_token_is_printed_once_listed_without_its_secret_and_revoked(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["create", "ana", "--role", "editor", "--use-case", "students", "--expires", "90d"], settings) == 0
    secret = capsys.readouterr().out.strip()
    assert secret.startswith("pauta_")
    assert len(secret) > 40
    main(["list"], settings)
    line = capsys.readouterr().out
    assert "ana" in line
    assert "editor" in line
    assert "active" in line
    assert "students" in line
    assert secret not in line
    assert digest_of(secret) not in line
    with pytest.raises(ConflictError):
        main(["create", "ana", "--role", "viewer"], settings)
    assert main(["revoke", "ana"], settings) == 0
    capsys.readouterr()
    main(["list", "--json"], settings)
    (facts,) = json.loads(capsys.readouterr().out)
    assert (facts["state"], facts["role"], facts["use_cases"]) == ("revoked", "editor", ["students"])
    with pytest.raises(InputError, match="no active token"):
        main(["revoke", "ana"], settings)


def test_the_database_holds_only_the_hash(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    main(["create", "ana", "--role", "editor"], settings)
    secret = capsys.readouterr().out.strip()
    log = EventLog(settings.events_address)
    assert [token.digest for token in log.tokens.all()] == [digest_of(secret)]
    log.close()
    assert secret.encode() not in b"".join(file.read_bytes() for file in settings.data_dir.iterdir())


@pytest.mark.parametrize(
    "argv",
    [
        ["create", "a b", "--role", "viewer"],
        ["create", "ana", "--role", "viewer", "--use-case", "nothing"],
        ["create", "ana", "--role", "viewer", "--expires", "soon"],
    ],
)
def test_an_invalid_value_is_named(settings: Settings, argv: list[str]) -> None:
    with pytest.raises(InputError, match=r"Use|Write"):
        main(argv, settings)
