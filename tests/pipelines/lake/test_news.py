"""A run of news whose steps are processes that share a bucket and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.lake.record import MANIFESTS, Place, decode_manifest, place_of
from pipelines.lake.session import lake_of
from pipelines.news.use_case import NEWS
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.releases import Releases
from script_shared.settings import Settings
from tests.pipelines.test_killed_and_resumed import SMALL

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(3000)]
READ = {  # what a machine has fetched after each step, beside what the step wrote
    "refine": {"raw"},
    "assemble": {"refined", "trained"},
    "rank": {"refined", "assembled"},
}


def do(step: str, home: Path, lake: str) -> None:
    """Do one step in a process with an own data folder."""
    own = {
        "PAUTA_DATA_DIR": str(home / "data"),
        "PAUTA_EVALUATION_DIR": str(home / "evaluation"),
        "PAUTA_CACHE_DIR": str(home / "cache"),
        "PAUTA_MODELS_URI": f"{lake}-models",
        "PAUTA_LAKE_URI": lake,
    }
    flags = [part for line in SMALL for part in ("--set", line)]
    command = [sys.executable, "-m", "pipelines", "news", "--run-id", "r1", "--workers", "1", "--step", step, *flags]
    done = subprocess.run(command, env={**os.environ, **own}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def fetched(home: Path) -> set[str]:
    """Folders with files beside the step's manifest."""
    files = [path for path in (home / "data/news").rglob("[!._]*") if path.is_file()]
    return {path.relative_to(home / "data/news").parts[0] for path in files}


def test_the_steps_of_a_run_need_no_disk_in_common(s3_root: str, tmp_path: Path) -> None:
    steps = [step for step in NEWS.steps if step.name != "track"]
    for step in steps:
        home = tmp_path / step.name
        do(step.name, home, s3_root)
        assert fetched(home) <= READ.get(step.name, fetched(home)) | {step.folder}, step.name
    pointer = Releases(f"{s3_root}-models/news").current()
    assert pointer is not None
    assert pointer.version == "r1"
    made_of = inputs(Settings(data_dir=tmp_path / "look", lake_uri=s3_root))
    assert made_of["refined"] == {"raw"}
    assert made_of["assembled"] >= {"refined", *(f"trained/{name}" for name in SEGMENT_NAMES)}
    assert made_of["gated"] >= {"evaluated"}


def inputs(settings: Settings) -> dict[str, set[str]]:
    """The folders that each folder was made of; each input is what the lake still has."""
    storage = lake_of(settings, "news")
    assert storage is not None
    places = [place for file in storage.files(MANIFESTS) if (place := place_of(file.name))]
    stored = {place: storage.read(place.key) for place in places}
    manifests = {place: decode_manifest(found.data, place.key) for place, found in stored.items() if found}
    for manifest in manifests.values():
        for each in manifest.lineage.inputs:
            assert manifests[Place(each.folder, each.run_id, each.part)].digest == each.digest
    return {
        "/".join(filter(None, (place.folder, place.part))): {
            "/".join(filter(None, (each.folder, each.part))) for each in manifest.lineage.inputs
        }
        for place, manifest in manifests.items()
    }
