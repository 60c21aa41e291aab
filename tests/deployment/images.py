"""Builds images twice without a cache and compares their digests: ``python -m tests.deployment.images [api]``.

Each build gets its own copy of the last commit, so files have other times. The base images and Debian's packages are
those of today: on another day, a build is only the same with pinned base images and the same packages.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.deployment.report import CheckError, Report

ROOT = Path(__file__).parents[2]
IMAGES = {"api": "docker/api.Dockerfile", "airflow": "docker/airflow.Dockerfile"}
TIMES = 2


def output_of(*command: str, folder: Path = ROOT) -> str:
    """What a program prints.

    Args:
        command: the program and its arguments.
        folder: where it runs.

    Raises:
        CheckError: it failed.
    """
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CheckError(done.stderr.strip()[-800:])
    return done.stdout.strip()


def build(dockerfile: str, moment: str, folder: Path) -> str:
    """The digest of an image, built from the last commit.

    Args:
        dockerfile: below the checkout.
        moment: ``SOURCE_DATE_EPOCH``: no file of the image is younger.
        folder: for the sources; it does not exist yet.
    """
    archive = folder.with_suffix(".tar")
    output_of("git", "archive", "--output", str(archive), "HEAD")
    folder.mkdir()
    output_of("tar", "-xf", str(archive), "-C", str(folder))
    metadata = folder.with_suffix(".json")
    flags = ["--no-cache", "--provenance=false", "--build-arg", f"SOURCE_DATE_EPOCH={moment}", "--file", dockerfile]
    flags += ["--metadata-file", str(metadata), "--output", f"type=oci,rewrite-timestamp=true,dest={archive}"]
    output_of("docker", "buildx", "build", *flags, ".", folder=folder)
    archive.unlink()
    return str(json.loads(metadata.read_text(encoding="utf-8"))["containerimage.digest"])


def main(chosen: list[str]) -> int:
    """Compare the chosen images, all by default; the exit code."""
    report = Report()
    if not shutil.which("docker"):
        report.not_run("reproducible images", "docker is not installed")
        return report.close()
    moment = output_of("git", "log", "-1", "--format=%ct")
    for name in chosen or list(IMAGES):
        with tempfile.TemporaryDirectory() as work, report.check(f"{name}, built {TIMES} times") as found:
            folders = [Path(work) / str(number) for number in range(TIMES)]
            digests = [build(IMAGES[name], moment, folder) for folder in folders]
            if len(set(digests)) > 1:
                raise CheckError(f"the digests differ: {', '.join(digests)}")
            found.append(digests[0])
    report.not_run("the same digest on another day", "needs pinned base images and the same Debian packages")
    return report.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
