"""Base images get the digest that the registry has, all of them or none."""

import runpy
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[2]
DIGEST = f"sha256:{'a' * 64}"
script = SimpleNamespace(**runpy.run_path(str(ROOT / "docker" / "pin_images.py")))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "docker").mkdir()
    for file in (*(ROOT / "docker").glob("*.Dockerfile"), ROOT / "docker-compose.yml"):
        shutil.copy(file, tmp_path / file.relative_to(ROOT))
    return tmp_path


def engine(checkout: Path, script: str) -> None:
    (program := checkout / "docker.sh").write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    (checkout / "bin").mkdir(exist_ok=True)
    shutil.copy(program, checkout / "bin" / "docker")


def test_every_base_image_of_the_stack_is_found_and_none_of_our_own():
    texts = [file.read_text() for file in (*(ROOT / "docker").glob("*.Dockerfile"), ROOT / "docker-compose.yml")]
    found = {image.partition(":")[0] for text in texts for image in script.bases(text)}
    assert {"python", "nginx", "prom/prometheus", "prom/alertmanager", "grafana/grafana", "redis"} <= found
    assert not [image for image in found if image.startswith("pauta-")]


def test_a_digest_is_written_behind_each_tag_and_replaced_later(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys
):
    engine(checkout, f"echo {DIGEST}")
    monkeypatch.setenv("PATH", f"{checkout / 'bin'}:/usr/bin:/bin")
    assert script.main(["--check"], checkout) == 1
    assert script.main([], checkout) == 0
    text = (checkout / "docker" / "services.Dockerfile").read_text()
    assert f"FROM nginx:1.28.0@{DIGEST} AS proxy" in text
    assert f"image: redis:7.4.5@{DIGEST}\n" in (checkout / "docker-compose.yml").read_text()
    assert "image: pauta-api:0.1.0\n" in (checkout / "docker-compose.yml").read_text()
    assert script.main(["--check"], checkout) == 0
    engine(checkout, f"echo sha256:{'b' * 64}")
    assert script.main([], checkout) == 0
    assert text.replace("a" * 64, "b" * 64) == (checkout / "docker" / "services.Dockerfile").read_text()


def test_without_a_registry_nothing_is_changed(checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    before = (checkout / "docker" / "services.Dockerfile").read_text()
    engine(checkout, 'case "$4" in redis*) echo "no route to host" >&2; exit 1;; esac; echo ' + DIGEST)
    monkeypatch.setenv("PATH", f"{checkout / 'bin'}:/usr/bin:/bin")
    assert script.main([], checkout) == 1
    assert "no route to host" in capsys.readouterr().err
    assert (checkout / "docker" / "services.Dockerfile").read_text() == before
