"""The command line for releases."""

import json
from pathlib import Path

import pytest

from pipelines import __main__ as pipelines_main
from pipelines.commands.releases import main
from script_shared.errors import InputError, ReleaseMissingError, SettingsError
from script_shared.events import EventLog
from script_shared.releases import Releases
from script_shared.settings import Settings
from tests.script_shared.releases.made import damage, make_folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(models_uri=str(tmp_path / "models"), cache_dir=tmp_path / "cache")


@pytest.fixture
def releases(settings: Settings, tmp_path: Path) -> Releases:
    """Three releases of the news use case; v2 is in service, v1 was before."""
    releases = Releases(f"{settings.models_uri}/news")
    for version, accepted in [("v1", True), ("v2", True), ("v3", False)]:
        folder = make_folder(tmp_path / version, version)
        releases.publish(folder, version, {"gate": {"accepted": accepted}}, run_id=f"run-{version}")
    releases.promote("v1", "test")
    releases.promote("v2", "test")
    return releases


def test_list_marks_the_release_in_service_and_what_the_gate_said(
    releases: Releases, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list"], settings) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[:4] for line in lines] == ["  v3", "* v2", "  v1"]
    assert lines[0].endswith("refused")
    assert lines[1].endswith("accepted")


def test_list_tells_of_a_damaged_manifest(
    releases: Releases, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    (Path(releases.uri) / "releases/v3/manifest.json").write_text("{")
    main(["list"], settings)
    assert "! v3" in capsys.readouterr().out.splitlines()[-1]


def test_list_of_nothing_says_where_it_looked(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"], settings) == 0
    assert capsys.readouterr().out == f"no releases in {settings.models_uri}/news\n"


def test_list_and_show_print_json(releases: Releases, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    main(["list", "--json"], settings)
    listed = json.loads(capsys.readouterr().out)
    assert listed["current"] == "v2"
    assert [release["run_id"] for release in listed["releases"]] == ["run-v3", "run-v2", "run-v1"]
    main(["show"], settings)
    shown = json.loads(capsys.readouterr().out)
    assert shown["version"] == "v2"
    assert shown["pointer"]["sequence"] == 2
    main(["show", "v1"], settings)
    assert "pointer" not in json.loads(capsys.readouterr().out)


def test_show_without_a_release_in_service_is_an_error(settings: Settings) -> None:
    with pytest.raises(InputError, match="no release is in service"):
        main(["show"], settings)


def test_promote_and_rollback_move_the_pointer_with_name_and_reason(
    releases: Releases, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["promote", "v3", "--by", "ana", "--reason", "looks right", "--expect", "v2"], settings)
    assert capsys.readouterr().out == "in service: v3 (move 3, promote by ana: looks right)\n"
    main(["rollback", "--by", "ana", "--reason", "it is not"], settings)
    assert capsys.readouterr().out == "in service: v2 (move 4, rollback by ana: it is not)\n"


def test_a_pin_is_shown_recorded_and_taken_back(
    releases: Releases, settings: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settings = settings.model_copy(update={"events_uri": f"sqlite:///{tmp_path}/events.db"})
    main(["pin", "v1", "--by", "ana", "--reason", "the season begins"], settings)
    assert capsys.readouterr().out == "pinned v1: the season begins\n"
    main(["list"], settings)
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()] == ["refused", "accepted", "pinned"]
    main(["unpin", "v1", "--reason", "it is over"], settings)
    assert capsys.readouterr().out == "no longer pinned v1: it is over\n"
    main(["list"], settings)
    assert "pinned" not in capsys.readouterr().out
    log = EventLog(settings.events_address)
    found = [(entry.what, entry.use_case, entry.why) for entry in log.audit.read()]
    log.close()
    assert found == [
        ("configuration", "news", "no longer pinned v1: it is over"),
        ("configuration", "news", "pinned v1: the season begins"),
    ]


def test_a_damaged_pointer_is_replaced_on_demand(releases: Releases, settings: Settings) -> None:
    (Path(releases.uri) / "current").write_text("garbage")
    main(["promote", "v1", "--replace-damaged"], settings)
    pointer = releases.current()
    assert pointer is not None
    assert pointer.version == "v1"


def test_verify_names_the_damaged_release_and_returns_one(
    releases: Releases, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify"], settings) == 0
    damage(releases, releases.manifest("v3"))
    capsys.readouterr()
    assert main(["verify"], settings) == 1
    good, also_good, bad = capsys.readouterr().out.splitlines()
    assert good.startswith("good     v1")
    assert also_good.startswith("good     v2")
    assert bad.startswith("damaged  v3: release v3:")
    assert main(["verify", "v1"], settings) == 0


def test_publish_adds_a_folder_and_fetch_prints_where_it_is(
    releases: Releases, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["publish", str(make_folder(tmp_path / "mine", "mine")), "mine-1", "--by", "ana"], settings)
    assert capsys.readouterr().out.startswith("published mine-1: 3 files")
    assert releases.manifest("mine-1").facts == {"published_by": "ana"}
    main(["fetch", "mine-1"], settings)
    assert (Path(capsys.readouterr().out.strip()) / "model.json").is_file()


def test_prune_keeps_as_many_as_asked_or_as_the_params_file_says(
    releases: Releases, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["prune"], settings) == 0
    assert capsys.readouterr().out == ""
    main(["prune", "--keep", "0"], settings)
    assert capsys.readouterr().out == "deleted v3\n"
    assert releases.versions() == ["v1", "v2"]


def test_a_root_can_be_given_by_uri(releases: Releases, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--uri", f"file://{releases.uri}", "list"], Settings(models_uri="s3://elsewhere/x"))
    assert "* v2" in capsys.readouterr().out


def test_an_unknown_use_case_is_refused(settings: Settings) -> None:
    with pytest.raises(SettingsError, match=r"no use case 'nothing'\. Use cases are: .*news"):
        main(["--use-case", "nothing", "list"], settings)


def test_a_missing_release_is_one_message_and_exit_code_one(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ReleaseMissingError):
        main(["promote", "v9"], settings)
    monkeypatch.setenv("PAUTA_MODELS_URI", settings.models_uri)
    assert pipelines_main.main(["releases", "promote", "v9"]) == 1
    assert "release 'v9' does not exist" in capsys.readouterr().err
