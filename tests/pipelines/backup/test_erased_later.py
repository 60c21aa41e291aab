"""After a restore by hand, those are listed whom a newer log has erased and the restored one holds again."""

from contextlib import closing
from pathlib import Path

import pytest

from pipelines.commands.backup import main
from script_shared.errors import InputError
from script_shared.events import Entry, EventLog, Kind
from script_shared.settings import Settings


def _click(number: int, user: str, session: str) -> Entry:
    return Entry(f"c{number}", Kind.CLICK, 1_700_000_000_000 + number, user, "a1", {"session": session})


@pytest.mark.parametrize("settings", ["sqlite", "postgresql"], indirect=True)
def test_people_erased_after_the_backup_are_listed(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = f"sqlite:///{tmp_path}/newer.db"
    with closing(EventLog(settings.events_address)) as log:
        log.append([_click(1, "rui", "v1"), _click(2, "", "v2"), _click(3, "eva", "v3"), _click(4, "", "v4")])
    with closing(EventLog(newer)) as log:
        for name in ("rui", "session v2", "somebody of whom the backup has nothing"):
            log.erase(name)
    assert main(["--list-erased", newer], settings) == 0
    assert capsys.readouterr().out.splitlines() == ["rui", "session v2"]
    with closing(EventLog(settings.events_address)) as log:
        log.erase("rui")
    main(["--list-erased", newer], settings)
    assert capsys.readouterr().out.splitlines() == ["session v2"]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_log_that_is_not_there_gets_a_message_and_is_not_made(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no log at"):
        main(["--list-erased", f"sqlite:///{tmp_path}/none.db"], settings)
    assert not (tmp_path / "none.db").exists()
