"""One backup, trial or removal at a time; what killed ones left is removed, what a running one makes is not."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.backup import turn
from pipelines.backup.steps import restore, save, tidy
from script_shared.errors import UnavailableError
from script_shared.settings import Settings
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
STEPS = (save, restore, tidy)
HOLDER = """
import sys, time
from pathlib import Path
from pipelines.backup.turn import turn
with turn(Path(sys.argv[1])):
    for name in (".20200101T000000Z.partial", ".trial-running"):
        (Path(sys.argv[1]) / name).mkdir()
        (Path(sys.argv[1]) / name / "events.db").write_text("people")
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("step", STEPS)
def test_a_second_step_leaves_the_running_one_alone_and_what_a_killed_one_left_is_removed(
    settings: Settings, step: Callable[[Settings], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "WAIT_SECONDS", 0.1)
    save(settings)
    home = settings.backup_dir or Path()
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(home)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(UnavailableError, match="another backup, trial or removal is running"):
            step(settings)
        left = [home / ".20200101T000000Z.partial" / "events.db", home / ".trial-running" / "events.db"]
        assert all(file.exists() for file in left)
    finally:
        os.kill(holder.pid, signal.SIGKILL)
        holder.communicate(timeout=PATIENCE_SECONDS)
    step(settings)
    assert [path.name for path in home.iterdir() if path.name.startswith(".")] == [turn.LOCK]


def test_a_step_waits_for_a_short_one(settings: Settings) -> None:
    home, begun = settings.backup_dir or Path(), threading.Event()

    def hold() -> None:
        with turn.turn(home):
            begun.set()
            time.sleep(0.5)

    thread = threading.Thread(target=hold)
    thread.start()
    assert begun.wait(PATIENCE_SECONDS)
    save(settings)
    thread.join()


def test_the_folder_of_backups_is_its_owners_alone(settings: Settings) -> None:
    save(settings)
    assert (settings.backup_dir or Path()).stat().st_mode & 0o777 == 0o700


def test_two_backups_of_one_second_have_two_names(settings: Settings) -> None:
    save(settings)
    save(settings)
    folders = [path for path in (settings.backup_dir or Path()).iterdir() if path.is_dir()]
    assert len(folders) == 2
