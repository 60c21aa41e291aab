"""A process that may crash refuses damaged releases; the old release is still served, and the verdict is kept."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from app.news.releases.release_loader import NewsLoader, trial_input
from app.releases import release_guard
from app.releases.release_guard import ReleaseGuard, Verdict
from script_shared.errors import UnavailableError
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import NewsParams
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import save_state
from script_shared.releases import Manifest, Releases
from tests.app.conftest import ROOT, Store, release_of, serving, started, until
from tests.app.damaged import small_params
from tests.app.releases.damaged_releases import TAKEN, half_a_tree, names_half_a_tree, wild, wild_titles
from tests.app.releases.test_whole_release import entries, ranker
from tests.patience import PATIENCE_SECONDS


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, folders: dict[str, Path]) -> Path:
    """A release with a snapshot of the live state and a ranker."""
    folder = shutil.copytree(folders["Nova"], tmp_path_factory.mktemp("whole") / "release")
    newsroom = Newsroom(LiveState(small_params().live))
    newsroom.apply(entries())
    assert newsroom.state is not None
    save_state(newsroom.state, folder / "live")
    ranker().save(folder / "ranker")
    return folder


@pytest.fixture
def params_file(tmp_path: Path) -> Path:
    """Params with the small live state of ``whole``."""
    text = (ROOT / "script_shared/params/news.toml").read_text()
    place = text.index("\narticles", text.index("[live]"))
    end = text.index("\n", place + 1)
    file = tmp_path / "small.toml"
    file.write_text(f"{text[:place]}\narticles = 128{text[end:]}")
    return file


def published(root: Path, folder: Path) -> tuple[Path, Manifest]:
    releases = Releases(str(root / "models"))
    releases.publish(folder, "v1")
    return releases.fetch("v1"), releases.manifest("v1")


def guard_of(cache_dir: Path, params: NewsParams) -> ReleaseGuard:
    """The guard of releases of news."""
    return ReleaseGuard(cache_dir, NewsLoader.trial, trial_input(params), NewsLoader.optional_parts)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_any_damage_to_any_file_of_a_release_is_detected(whole: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.app.damaged", str(whole), str(tmp_path / "work"), "--some"]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    clean = {(one["file"], one["damage"]) for one in found if one["verdict"] == {"reason": "", "parts": {}}}
    assert ("", "") in clean  # the undamaged release
    assert len(found) > 300
    assert clean - {("", "")} - TAKEN.keys() == set()


def test_an_undamaged_release_passes_and_the_verdict_is_kept(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, manifest = published(tmp_path, whole)
    assert guard_of(tmp_path / "cache", small_params()).verdict(folder, manifest) == Verdict()

    def never(self: ReleaseGuard, folder: Path, manifest: Manifest, *, beside: bool) -> Verdict:
        raise AssertionError("it was tried before")

    monkeypatch.setattr(ReleaseGuard, "_try", never)
    guard = guard_of(tmp_path / "cache", small_params())
    assert guard.verdict(folder, manifest) == Verdict()
    release_guard._here.clear()  # as in another process
    assert guard.verdict(folder, manifest) == Verdict()


def test_a_verdict_that_others_could_have_written_is_ignored(whole: Path, tmp_path: Path) -> None:
    _, manifest = published(tmp_path, whole)
    guard = guard_of(tmp_path / "cache", small_params())
    guard._keep(guard._name(manifest), Verdict("damaged."))
    assert guard._cached_verdict(guard._name(manifest)) == Verdict("damaged.")
    (tmp_path / "cache/checks").chmod(0o777)
    assert guard._cached_verdict(guard._name(manifest)) is None


def test_the_verdict_depends_on_the_files_and_on_the_params(whole: Path, tmp_path: Path) -> None:
    _, manifest = published(tmp_path, whole)
    guard, params = guard_of(tmp_path, small_params()), small_params()
    other = params.model_copy(update={"live": params.live.model_copy(update={"articles": 64})})
    assert guard_of(tmp_path, other)._name(manifest) != guard._name(manifest)
    changed = {name: entry.model_copy(update={"sha256": "0" * 64}) for name, entry in manifest.files.items()}
    assert guard._name(manifest.model_copy(update={"files": changed})) != guard._name(manifest)
    assert guard._name(manifest.model_copy(update={"version": "v9"})) == guard._name(manifest)


def test_half_a_tree_crashes_the_check_and_not_the_service(whole: Path, tmp_path: Path) -> None:
    damaged = shutil.copytree(whole, tmp_path / "damaged")
    trees = (damaged / "ranker/ranker.txt").read_text()
    (damaged / "ranker/ranker.txt").write_text(trees[: len(trees) // 2])
    verdict = guard_of(tmp_path / "cache", small_params()).verdict(*published(tmp_path, damaged))
    assert verdict.reason == ""
    assert set(verdict.parts) == {"ranker"}
    assert names_half_a_tree(verdict.parts["ranker"])


def test_the_text_of_a_verdict_is_its_reason_or_the_problem_of_each_part() -> None:
    parts = {"ranker": "it is cut short.", "mixing": "it is no JSON."}
    assert Verdict("no article is published.", parts).text == "no article is published."
    assert Verdict(parts=parts).text == "ranker: it is cut short. mixing: it is no JSON."
    assert Verdict().text == ""


def test_a_check_lowers_its_priority_before_it_imports_large_packages() -> None:
    large = "numpy", "pydantic", "script_shared.releases"
    code = f"import sys, app.release_check; sys.exit(str([name for name in {large} if name in sys.modules] or ''))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""


def test_a_check_that_is_killed_says_nothing_about_the_release() -> None:
    with pytest.raises(UnavailableError, match="was killed"):
        release_guard._read(-9, '{"stage": "ranker"}\n', "")
    with pytest.raises(UnavailableError, match="did not start"):
        release_guard._read(1, "", "No module named app")


NAMED: dict[object, str] = {
    wild: "live/articles/row_of.npy",
    wild_titles: "catalog/titles.offsets.npy",
}  # what the refusal names


@pytest.mark.parametrize("damage", [wild, wild_titles, half_a_tree])
def test_a_damaged_release_with_the_right_checksums_leaves_the_old_one_in_service(
    store: Store, whole: Path, tmp_path: Path, params_file: Path, damage: "object"
) -> None:
    damaged = shutil.copytree(whole, tmp_path / "damaged")
    damage(damaged)  # type: ignore[operator]
    store.releases.publish(damaged, "v2")
    store.promote("v1")
    with serving(store.settings.model_copy(update={"params_file": params_file})) as client:
        until(lambda: release_of(client) == "v1")
        store.releases.promote("v2", "test")
        until(lambda: client.get("/ready").json()["refused"])
        info = client.get("/info").json()
        assert info["release"] == "v1"
        assert info["refused"]["release"] == "v2"
        reason = info["refused"]["reason"]
        assert names_half_a_tree(reason) if damage is half_a_tree else NAMED[damage] in reason
        assert client.get("/recommendations").status_code == 200
        assert client.get("/health").status_code == 200


def test_a_first_release_with_half_a_tree_is_served_without_its_ranker(
    store: Store, whole: Path, tmp_path: Path, params_file: Path
) -> None:
    damaged = shutil.copytree(whole, tmp_path / "damaged")
    half_a_tree(damaged)
    store.releases.publish(damaged, "v1")
    store.releases.promote("v1", "test")
    with serving(store.settings.model_copy(update={"params_file": params_file})) as client:
        until(lambda: release_of(client) == "v1")
        reason = client.get("/ready").json()["refused"]["reason"]
        assert "ranker" in reason
        assert names_half_a_tree(reason)
        answer = client.get("/recommendations").json()
        assert answer["degraded"] == ["ranker"]
        assert len(answer["items"]) == 10


@pytest.mark.slow
def test_a_file_truncated_under_a_running_service_does_not_crash_every_start(store: Store, whole: Path) -> None:
    store.promote("v1")
    store.promote("v2", "Nova")
    titles = next(Path(store.releases.uri).rglob("releases/v2/files-*/catalog/titles.block.npy"))
    with started(store.settings) as (address, process):
        until(lambda: _ready(address) == "v2")
        titles.chmod(0o644)
        with titles.open("r+b") as file:
            file.truncate(0)
        with pytest.raises((httpx.NetworkError, httpx.RemoteProtocolError)):
            httpx.get(f"{address}/recommendations", timeout=PATIENCE_SECONDS)
        assert process.wait(PATIENCE_SECONDS) == -signal.SIGBUS  # the mapped pages no longer exist
    with started(store.settings) as (address, process):
        until(lambda: _ready(address) == "v1")
        assert "titles.block.npy" in httpx.get(f"{address}/ready", timeout=PATIENCE_SECONDS).json()["refused"]["reason"]
        assert httpx.get(f"{address}/recommendations", timeout=PATIENCE_SECONDS).status_code == 200


def _ready(address: str) -> str | None:
    try:
        release: str | None = httpx.get(f"{address}/ready", timeout=PATIENCE_SECONDS).json().get("release")
    except httpx.TransportError:
        return None
    return release
