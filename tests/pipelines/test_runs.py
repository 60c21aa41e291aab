import os
import signal
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.runs import Run, latest_run, new_run_id
from script_shared.errors import InputError, RunError


def test_a_step_is_complete_only_when_its_block_ended_well(tmp_path):
    run = Run(tmp_path, "r1")

    def stop_half_way():
        with run.write("refined") as (folder, _):
            (folder / "half.parquet").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop_half_way()
    assert not run.complete("refined")
    assert list((tmp_path / "refined").iterdir()) == []


def test_a_step_that_is_run_again_replaces_its_folder_as_a_whole(tmp_path):
    run = Run(tmp_path, "r1")
    for name in ("first", "second"):
        with run.write("refined") as (folder, facts):
            (folder / name).touch()
            facts["name"] = name
    assert [path.name for path in sorted(run.read("refined").iterdir())] == ["_manifest.json", "second"]
    assert run.facts("refined")["name"] == "second"
    assert [path.name for path in (tmp_path / "refined").iterdir()] == ["r1"]


def test_reading_a_step_that_never_ran_says_what_to_run(tmp_path):
    run = Run(tmp_path, "r1")
    with pytest.raises(RunError, match="run 'r1' does not exist"):
        run.read("trained", "logged")
    with run.write("refined"):
        pass
    with pytest.raises(RunError, match=r"folder trained/logged is missing.*--step train\."):
        run.read("trained", "logged")


def test_a_killed_step_leaves_nothing_that_another_step_would_read(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from pipelines.runs import Run\n"
        "with Run(Path(sys.argv[1]), 'r1').write('refined') as (folder, _):\n"
        "    (folder / 'half').touch(); print('writing', flush=True); time.sleep(60)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"writing\n"
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    assert latest_run(tmp_path, "refined") is None
    assert not Run(tmp_path, "r1").complete("refined")


def test_the_latest_run_is_the_one_that_finished_last(tmp_path):
    for run_id in ("b", "a"):
        with Run(tmp_path, run_id).write("raw"):
            pass
        time.sleep(0.01)
    assert latest_run(tmp_path, "raw") == "a"


def test_new_run_ids_are_distinct():
    assert len({new_run_id() for _ in range(50)}) > 40


@given(st.text(max_size=20))
def test_no_run_id_can_leave_its_folder(tmp_path_factory, run_id):
    root = tmp_path_factory.getbasetemp()
    try:
        folder = Run(root, run_id).folder("raw")
    except InputError:
        return
    assert folder.parent == root / "raw"
    assert folder.resolve().parent == (root / "raw").resolve()
