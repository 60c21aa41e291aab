"""Makes folders to publish, and damages releases."""

from pathlib import Path

from script_shared.releases import Manifest, Releases
from script_shared.storage import open_storage


def make_folder(folder: Path, text: str = "a", files: int = 3, size: int = 2_000) -> Path:
    """A folder as a model would save it: files in two levels, whose bytes depend on ``text``."""
    (folder / "logged").mkdir(parents=True, exist_ok=True)
    (folder / "model.json").write_text(f'{{"text": "{text}"}}')
    for number in range(files - 1):
        (folder / "logged" / f"factors.{number}.npy").write_bytes(f"{text}{number}".encode() * size)
    return folder


def publish(releases: Releases, tmp_path: Path, *versions: str) -> None:
    """Publish releases whose content is their name."""
    for version in versions:
        releases.publish(make_folder(tmp_path / "made" / version, version), version)


def contents(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def overwrite(releases: Releases, key: str, data: bytes) -> None:
    """Put other bytes below the root, past all rules."""
    storage = open_storage(releases.uri)
    storage.remove(key)
    assert storage.swap(key, data, None)


def damage(releases: Releases, manifest: Manifest, name: str = "model.json") -> None:
    """Flip one byte of a file, its size unchanged."""
    storage = open_storage(releases.uri)
    found = storage.read(f"{manifest.base}/{name}")
    assert found is not None
    overwrite(releases, f"{manifest.base}/{name}", bytes([found.data[0] ^ 1]) + found.data[1:])
