"""Clients that are generated out of the OpenAPI description: they are built, and they call a running service.

``make test-clients`` installs the generators into ``.venv-clients``; without it these tests are skipped.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.conftest import Store, release_of, serving, until

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".venv-clients"
SOURCES = Path(__file__).parent / "generators"
STRICT = (
    "--strict",
    "--noUncheckedIndexedAccess",
    "false",
    "--module",
    "nodenext",
    "--target",
    "es2022",
    "--skipLibCheck",
)

pytestmark = pytest.mark.slow


@pytest.fixture
def service(store: Store, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Address of a service, and the file that describes it."""
    store.promote("v1")
    with serving(store.settings) as client:
        until(lambda: release_of(client) == "v1")
        description = tmp_path / "openapi.json"
        description.write_text(client.get("/openapi.json").text)
        yield str(client.base_url).rstrip("/"), description


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints; its errors when it fails."""
    environment = os.environ | {"PATH": f"{TOOLS / 'bin'}:{os.environ['PATH']}"}  # the generator formats with ruff
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command[0]}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def needed(tool: str) -> Path:
    """A generator's program; skips the test where it is not installed."""
    path = TOOLS / tool
    if not path.exists():
        pytest.skip("the generators are not installed: make test-clients")
    return path


def test_a_generated_python_client_calls_the_service(service: tuple[str, Path], tmp_path: Path):
    generator = needed("bin/openapi-python-client")
    address, description = service
    said = run(
        *(generator, "generate", "--path", description, "--meta", "none", "--output-path", "pauta_generated"),
        *("--overwrite", "--fail-on-warning", "--config", SOURCES / "python.yml"),
        cwd=tmp_path,
    )
    assert "Warning" not in said
    shutil.copy(SOURCES / "call.py", tmp_path)
    answer: dict[str, Any] = json.loads(run(TOOLS / "bin/python", "call.py", address, cwd=tmp_path))
    assert answer == {"items": 3, "accepted": 1, "problem": True, "release": "v1", "name": "pauta"}


def test_generated_typescript_types_are_strict_and_call_the_service(service: tuple[str, Path], tmp_path: Path):
    modules = needed("node_modules")
    if shutil.which("node") is None:
        pytest.skip("node is not installed: apt-get install nodejs npm")
    address, description = service
    (tmp_path / "node_modules").symlink_to(modules)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    shutil.copy(SOURCES / "call.ts", tmp_path)
    run(modules / ".bin/openapi-typescript", description, "--output", "schema.d.ts", cwd=tmp_path)
    run(modules / ".bin/tsc", *STRICT, "call.ts", cwd=tmp_path)
    answer: dict[str, Any] = json.loads(run("node", "call.js", address, cwd=tmp_path))
    assert answer == {"items": 3, "accepted": 1, "problem": True, "release": "v1", "name": "pauta", "model": True}
