"""The command line blames what a person typed, and says what to type instead."""

import json
from pathlib import Path

import pytest

from pipelines.__main__ import main
from pipelines.run_steps import WIDTH, _short


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Folders without any run."""
    for name in ("DATA_DIR", "EVALUATION_DIR", "MODELS_URI", "CACHE_DIR"):
        monkeypatch.setenv(f"PAUTA_{name}", str(tmp_path / name.lower()))
    monkeypatch.delenv("PAUTA_PARAMS_FILE", raising=False)


def refusal_line(capsys: pytest.CaptureFixture[str], *flags: str) -> str:
    """The one line on stderr of a command that is refused."""
    assert main(["news", *flags]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    return lines[0]


@pytest.mark.parametrize("value", ["foo", "sample.users=abc", "source=", "=3"])
def test_a_set_that_is_no_toml_is_blamed_itself(capsys: pytest.CaptureFixture[str], value: str) -> None:
    line = refusal_line(capsys, "--set", "sample.days=3", "--set", value)
    assert line.startswith(f"SettingsError: --set {value}: is not valid TOML: ")
    assert "Use KEY=VALUE in TOML syntax" in line
    assert "news.toml" not in line


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("sample.users=0", "sample.users"),
        ("sample.people=5", "sample.people"),
        ("gate=3", "gate"),
        ('refine.outliers.clicks.action="drop"', "refine.outliers.clicks.action"),
    ],
)
def test_a_set_with_a_key_or_value_that_is_not_allowed_is_blamed_itself(
    capsys: pytest.CaptureFixture[str], value: str, place: str
) -> None:
    line = refusal_line(capsys, "--set", "sample.days=3", "--set", value, "--set", "split.window_hours=6")
    assert line.startswith(f"SettingsError: --set {value}: {place}: ")


def test_of_two_sets_of_one_key_the_one_that_holds_is_blamed(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--set sample.users=-2: " in refusal_line(capsys, "--set", "sample.users=-1", "--set", "sample.users=-2")


def test_a_mistake_in_the_params_file_is_not_blamed_on_a_set(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[sample]\npeople = 3\n")
    line = refusal_line(capsys, "--params", str(file), "--set", "gate.min_users=3")
    assert line.startswith(f"SettingsError: {file}: ")


def test_a_params_file_that_is_not_there_is_blamed_on_the_flag_that_named_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    missing = str(tmp_path / "nope.toml")
    line = refusal_line(capsys, "--params", missing)
    assert missing in line
    assert line.endswith("Correct --params.")
    monkeypatch.setenv("PAUTA_PARAMS_FILE", missing)
    assert refusal_line(capsys).endswith("Correct PAUTA_PARAMS_FILE.")


def test_a_params_file_that_is_not_utf_8_is_a_clear_error(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "latin.toml"
    file.write_bytes("# água".encode("latin1"))
    assert f"{file}: is not valid TOML" in refusal_line(capsys, "--params", str(file))


@pytest.mark.parametrize("workers", ["0", "-1", "two", "1.5"])
def test_a_number_of_workers_below_one_is_refused(capsys: pytest.CaptureFixture[str], workers: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["news", f"--workers={workers}"])
    assert ended.value.code == 2
    assert f"--workers: {workers!r} is no number of processes; give 1 or more" in capsys.readouterr().err


def test_maintenance_runs_without_airflow(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["maintenance"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["runs"] == []
    assert facts["events_kept"] == "no release in service has them in its snapshot"


def test_a_step_that_does_not_exist_is_told_before_a_missing_run(capsys: pytest.CaptureFixture[str]) -> None:
    line = refusal_line(capsys, "--step", "refine", "--step", "nope")
    assert "news has no step 'nope'. Steps are: download, refine, " in line


def test_a_step_without_any_run_is_told_to_start_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert "there is no run yet. Start one: python -m pipelines news." in refusal_line(capsys, "--step", "refine")


@pytest.mark.parametrize("uri", ["s3://", "s3:///", "gs://", "file://", "ftp://host/models"])
def test_a_place_of_releases_that_names_no_bucket_is_a_wrong_setting(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, uri: str
) -> None:
    monkeypatch.setenv("PAUTA_MODELS_URI", uri)
    monkeypatch.chdir(tmp_path)
    assert main(["releases", "list"]) == 1
    line = capsys.readouterr().err
    assert line.startswith("SettingsError: ")
    assert "s3://bucket/prefix (PAUTA_MODELS_URI" in line
    assert not list(tmp_path.iterdir())


def test_the_line_of_a_step_has_as_many_whole_facts_as_fit_and_the_first_in_any_case() -> None:
    facts = {"run_id": "r", "page": "x" * 200, "rows": 1_234_567}
    assert _short(facts) == f"page {'x' * 200}"
    text = "x" * (WIDTH - 23)
    assert _short({"rows": 1_234_567, "text": text, "more": 5}) == f"rows 1,234,567, text {text}"
