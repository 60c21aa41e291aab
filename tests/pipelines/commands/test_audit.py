"""The command line for the record of decisions."""

import json
from pathlib import Path

import pytest
from sqlalchemy import update

from pipelines.commands.audit import main
from script_shared.audit.trail import record_once
from script_shared.decisions.decision import Decision
from script_shared.events import EventLog
from script_shared.events.database.schema import AUDIT
from script_shared.settings import Settings


def test_entries_are_listed_by_filters_and_an_altered_one_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(data_dir=tmp_path, models_uri=str(tmp_path / "models"))
    record_once(settings, Decision("command:root", "promote", "news", "v1", "v2", "it was better"))
    record_once(settings, Decision("token:ana", "editorial", "news", why="a correction"))
    assert main(["list", "--what", "promote"], settings) == 0
    assert "promote of news by command:root: v1 -> v2 it was better" in capsys.readouterr().out
    main(["list", "--who", "token:ana", "--json"], settings)
    assert [entry["why"] for entry in json.loads(capsys.readouterr().out)] == ["a correction"]
    assert main(["verify"], settings) == 0
    assert "2 entries, no problems" in capsys.readouterr().out
    log = EventLog(settings.events_address)
    with log._store.transaction() as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.number == 1).values(why="it was worse"))
    log.close()
    assert main(["verify"], settings) == 1
    assert "entry 1 was altered" in capsys.readouterr().err
