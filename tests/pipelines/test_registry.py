"""Use cases as the pipelines find them: by the registry, never by the names of modules."""

from pathlib import Path

import pytest

from pipelines.__main__ import main
from pipelines.registry import find, use_cases
from pipelines.use_case import Options, Step, UseCase
from script_shared.errors import InputError, SettingsError
from script_shared.params import Params
from script_shared.settings import Settings
from script_shared.use_cases import Entry

HERE = "tests.pipelines.test_registry"


class NoParams(Params):
    """Nothing is tuned."""


def hello(context: object) -> dict[str, str]:
    return {"said": "hello"}


BARE = UseCase(
    "bare",
    NoParams,
    Path(__file__).with_name("bare.toml"),
    data_steps=(Step("read", f"{HERE}:hello"),),
    training_steps=(Step("fit", f"{HERE}:hello"),),
    sources=("csv", "sheet"),
)
ENTRY = Entry("bare", pipelines=f"{HERE}:BARE")
RENAMED = Entry("another", pipelines=f"{HERE}:BARE")
MISSING = Entry("missing", pipelines="pipelines.missing:CASE")


@pytest.fixture
def hosted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    (params := tmp_path / "bare.toml").write_text("")
    monkeypatch.setenv("PAUTA_USE_CASES", f"news,{HERE}:ENTRY")
    monkeypatch.setenv("PAUTA_BARE_PARAMS_FILE", str(params))
    monkeypatch.setenv("PAUTA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PAUTA_MODELS_URI", str(tmp_path / "models"))
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        "--step refine nothing",
        "maintenance --use-case nothing",
        "releases --use-case nothing list",
        "tracking --use-case nothing status",
    ],
)
def test_an_unknown_use_case_is_one_sentence_that_lists_the_others(
    hosted: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert main(command.split()) == 1
    assert capsys.readouterr().err == "SettingsError: there is no use case 'nothing'. Use cases are: bare, news.\n"


@pytest.mark.parametrize(
    ("command", "part"),
    [
        (["maintenance", "--use-case", "bare"], "maintenance"),
        (["releases", "--use-case", "bare", "erased"], "erasure"),
        (["tracking", "--use-case", "bare", "status"], "training record"),
    ],
)
def test_a_part_that_a_use_case_lacks_is_named(
    hosted: Path, capsys: pytest.CaptureFixture[str], command: list[str], part: str
) -> None:
    assert main(command) == 1
    assert f"InputError: The use case bare has no {part}." in capsys.readouterr().err


def test_a_use_case_from_elsewhere_runs_its_steps(hosted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bare", "--json"]) == 0
    assert '"said": "hello"' in capsys.readouterr().out


def test_an_entry_must_lead_to_a_use_case_of_its_name() -> None:
    for name, message in (("RENAMED", "no UseCase of this name"), ("MISSING", "cannot be imported")):
        with pytest.raises(SettingsError, match=message):
            use_cases(Settings(use_cases=f"{HERE}:{name}"))


def test_the_source_is_the_persons_choice_then_the_setting_then_the_first(hosted: Path) -> None:
    def source(chosen: str | None = None, **of_bare: str) -> str:
        settings = Settings(use_cases=f"{HERE}:ENTRY", by_use_case={"bare": of_bare} if of_bare else {})
        return find(settings, "bare").context(settings, "r1", Options(source=chosen), NoParams()).source

    assert source() == "csv"
    assert source(source="sheet") == "sheet"
    assert source("csv", source="sheet") == "csv"
    with pytest.raises(InputError, match=r"no source 'ftp'. Choose one of csv, sheet"):
        source("ftp")
