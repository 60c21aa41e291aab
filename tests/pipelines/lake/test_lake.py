"""None"""

import pytest

from pipelines.lake import going_on, upload
from pipelines.lake.record import code_version
from pipelines.runs import newest_run
from script_shared.errors import RunError, SettingsError, UnavailableError
from script_shared.settings import Settings
from tests.pipelines.lake.machine import USE_CASE, Machine, texts, write
from tests.pipelines.lake.raw_folders import RAW, Machines, finish_before_the_lake


def test_a_step_on_another_machine_reads_what_a_step_wrote(machine: Machines) -> None:
    seen = {}
    machine("a").step("download", write("raw", RAW))
    machine("b").step("refine", lambda run: seen.update(texts(run.read("raw")), facts=run.facts("raw")))
    assert seen.pop("facts")["files"] == 2
    assert seen == RAW


def test_only_the_folders_that_a_step_reads_are_fetched(machine: Machines) -> None:
    a, b = machine("a"), machine("b")
    a.step("download", write("raw", RAW))
    a.step("refine", write("refined", {"t.parquet": "t"}))
    b.step("train", lambda run: (run.facts("raw"), run.read("refined")))
    assert texts(b.run().place("refined")) == {"t.parquet": "t"}
    assert texts(b.run().place("raw")) == {}


def test_the_manifest_says_from_what_a_folder_was_made(machine: Machines) -> None:
    a, b = machine("a"), machine("b")
    a.step("download", write("raw", RAW))
    a.step("refine", lambda run: (run.read("raw"), write("refined", {"t": "t"})(run)))
    b.step("train", lambda run: (run.read("refined"), write("trained", {"m": "m"}, "logged")(run)))
    raw, refined, trained = (a.manifest(*place) for place in (("raw",), ("refined",), ("trained", "r1", "logged")))
    assert raw is not None
    assert refined is not None
    assert trained is not None
    assert (trained.run_id, trained.part, trained.lineage.step) == ("r1", "logged", "train")
    assert trained.lineage.code == code_version()
    (made_of,) = trained.lineage.inputs
    assert (made_of.folder, made_of.digest) == ("refined", refined.digest)
    assert [each.digest for each in refined.lineage.inputs] == [raw.digest]


def test_a_repeated_step_finds_its_inputs_here_and_fetches_nothing(machine: Machines) -> None:
    machine("a").step("download", write("raw", RAW))
    b = machine("b")
    b.step("refine", lambda run: run.read("raw"))
    inodes = {file: file.stat().st_ino for file in b.run().place("raw").rglob("*")}
    b.step("refine", lambda run: run.read("raw"))
    assert {file: file.stat().st_ino for file in b.run().place("raw").rglob("*")} == inodes


@pytest.mark.parametrize("damage", ["other", "x,y", None])
def test_a_damaged_copy_on_this_machine_is_fetched_again(machine: Machines, damage: str | None) -> None:
    machine("a").step("download", write("raw", RAW))
    b = machine("b")
    b.step("refine", lambda run: run.read("raw"))
    file = b.run().place("raw") / "clicks.csv"
    file.write_text(damage) if damage else file.unlink()
    b.step("refine", lambda run: run.read("raw"))
    assert texts(b.run().place("raw")) == RAW


@pytest.mark.parametrize("damage", [b"a,", b"x,y", None])
def test_a_damaged_file_in_the_lake_is_named_with_the_step_to_repeat(machine: Machines, damage: bytes | None) -> None:
    a, b = machine("a"), machine("b")
    a.step("download", write("raw", RAW))
    manifest = a.manifest("raw")
    assert manifest is not None
    key = f"{manifest.base}/clicks.csv"
    a.lake.remove(key)
    if damage is not None:
        a.lake.swap(key, damage, None)
    with pytest.raises(RunError, match=r"clicks\.csv .*again: --run-id r1 --step download\."):
        b.step("refine", lambda run: run.read("raw"))
    assert texts(b.run().place("raw")) == {}


def test_a_folder_that_is_nowhere_says_which_step_to_run(machine: Machines) -> None:
    machine("a").step("download", write("raw", RAW))
    with pytest.raises(RunError, match=r"refined is missing.*--step refine\."):
        machine("b").step("train", lambda run: run.read("refined"))


def test_nothing_of_a_step_that_failed_is_in_the_lake(machine: Machines) -> None:
    def fail(run):
        write("raw", RAW)(run)
        raise RunError("it failed.")

    a = machine("a")
    with pytest.raises(RunError, match="it failed"):
        a.step("download", fail)
    assert a.manifest("raw") is None
    assert a.lake.files(going_on.MARKS) == []


def test_an_upload_that_is_cut_short_shows_nothing_and_leaves_nothing(
    machine: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = machine("a")

    def refuse(storage, manifest):
        raise UnavailableError("the store is down.")

    with monkeypatch.context() as patch:
        patch.setattr(upload, "_show", refuse)
        with pytest.raises(UnavailableError, match="is down"):
            a.step("download", write("raw", RAW))
    assert a.manifest("raw") is None
    assert a.lake.folders("folders/raw/r1") == []
    a.step("download", write("raw", RAW))
    assert a.manifest("raw") is not None


def test_a_step_that_is_run_again_replaces_its_folder_on_every_machine(machine: Machines) -> None:
    a, b = machine("a"), machine("b")
    a.step("download", write("raw", RAW))
    b.step("refine", lambda run: run.read("raw"))
    a.step("download", write("raw", {"new.csv": "n"}))
    b.step("refine", lambda run: run.read("raw"))
    assert texts(b.run().place("raw")) == {"new.csv": "n"}
    assert len(a.lake.folders("folders/raw/r1")) == 1


def test_parts_of_a_step_may_be_written_on_different_machines(machine: Machines) -> None:
    a, b, c = machine("a"), machine("b"), machine("c")
    a.step("train", write("trained", {"m": "1"}, "logged"))
    b.step("train", write("trained", {"m": "2"}, "anonymous"))
    found = {}
    c.step(
        "rank", lambda run: found.update({part: texts(run.read("trained", part)) for part in ("logged", "anonymous")})
    )
    assert found == {"logged": {"m": "1"}, "anonymous": {"m": "2"}}


def test_the_newest_run_is_that_of_the_lake_in_the_order_of_their_ends(machine: Machines) -> None:
    a, b = machine("a"), machine("b")
    for run_id, finished_s in (("y", 2000), ("z", 1000)):
        finish_before_the_lake(a, "refined", run_id, finished_s)
        a.step("train", lambda run: None, run_id)
    assert newest_run(b.settings, USE_CASE, "refined") == "y"


def test_runs_of_before_the_setting_are_uploaded_when_a_step_goes_on_with_them(machine: Machines) -> None:
    a, b = machine("a"), machine("b")
    write("raw", RAW)(a.run())
    a.step("refine", lambda run: (run.read("raw"), write("refined", {"t": "t"})(run)))
    refined = a.manifest("refined")
    assert refined is not None
    assert [each.folder for each in refined.lineage.inputs] == ["raw"]
    b.step("refine", lambda run: run.read("raw"))
    assert texts(b.run().place("raw")) == RAW


def test_what_is_remembered_between_looks_is_the_same_on_every_machine(machine: Machines) -> None:
    a, b = machine("a"), machine("b")
    notes = ("guard.json", "evaluation/trial/service.json")

    def add(at: Machine, word: str) -> None:
        for path in (at.run().root / notes[0], at.settings.data_dir / notes[1]):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text((path.read_text() if path.is_file() else "") + word)

    for at, word in ((a, "1"), (b, "2"), (a, "3")):
        at.work(lambda at=at, word=word: add(at, word))
    b.step("refine", lambda run: None)
    assert (b.run().root / notes[0]).read_text() == "123"
    assert (b.settings.data_dir / notes[1]).read_text() == "123"
    assert (b.run().root / notes[0]).stat().st_mode & 0o777 == 0o600


def test_a_lake_that_is_unreachable_is_named_before_the_step_runs(machine: Machines, tmp_path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file")
    a = Machine(Settings(data_dir=tmp_path / "d", evaluation_dir=tmp_path, lake_uri=str(blocked)))
    with pytest.raises(UnavailableError, match="blocked"):
        a.step("download", lambda run: pytest.fail("the step ran"))


@pytest.mark.parametrize("uri", ["ftp://x/y", "s3:/lake", "{data}/lake"])
def test_an_address_that_cannot_be_a_lake_is_refused(tmp_path, uri: str) -> None:
    a = Machine(Settings(data_dir=tmp_path, evaluation_dir=tmp_path, lake_uri=uri.format(data=tmp_path)))
    with pytest.raises(SettingsError, match="PAUTA_LAKE_URI"):
        a.step("download", lambda run: pytest.fail("the step ran"))


def test_without_the_setting_nothing_but_the_folder_is_written(tmp_path) -> None:
    a = Machine(Settings(data_dir=tmp_path))
    a.step("download", write("raw", {"clicks.csv": "a"}))
    found = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert found == ["trial/raw/r1/_manifest.json", "trial/raw/r1/clicks.csv"]
