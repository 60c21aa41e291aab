"""Pins each base image by its digest: ``make pin-images``. Without a registry it changes nothing.

python docker/pin_images.py           pin all, or pin again after the publishers' security fixes
python docker/pin_images.py --check   name what is not pinned; exit code 1 where something is not
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BASE = re.compile(  # the tag may be followed by a digest of an earlier run
    r"(?P<before>^FROM |--from=|^ +image: )(?P<image>[a-z0-9./-]+:[\w.-]+)(?P<digest>@sha256:[0-9a-f]{64})?(?=[ \n])",
    re.MULTILINE,
)
OURS = "pauta-"  # built here, never pulled


def bases(text: str) -> dict[str, str | None]:
    """Base images of a Dockerfile or a compose file, by name and tag, with their digest.

    >>> bases("FROM nginx:1.28.0 AS proxy\\nCOPY --from=packages /a /b\\n")
    {'nginx:1.28.0': None}
    """
    found = BASE.finditer(text)
    return {each["image"]: each["digest"] for each in found if not each["image"].startswith(OURS)}


def pin(text: str, digests: dict[str, str]) -> str:
    """The text with a digest appended to each base image."""
    return BASE.sub(
        lambda each: f"{each['before']}{each['image']}{digests.get(each['image'], each['digest'] or '')}", text
    )


def digest_of(image: str) -> str:
    """What the registry has behind the tag now, for all platforms.

    Raises:
        OSError: the registry did not answer.
    """
    command = ["docker", "buildx", "imagetools", "inspect", image, "--format", "{{.Manifest.Digest}}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or not re.fullmatch(r"sha256:[0-9a-f]{64}", done.stdout.strip()):
        raise OSError(f"{image}: {(done.stderr or done.stdout).strip()[:200]}")
    return f"@{done.stdout.strip()}"


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Pin or check; the exit code."""
    files = [*sorted((root / "docker").glob("*.Dockerfile")), root / "docker-compose.yml"]
    texts = {file: file.read_text(encoding="utf-8") for file in files}
    now = {image: digest for text in texts.values() for image, digest in bases(text).items()}
    if "--check" in arguments:
        loose = sorted(image for image, digest in now.items() if digest is None)
        print(f"{len(now) - len(loose)} of {len(now)} base images have a digest", *loose, sep="\n  ")
        return 1 if loose else 0
    try:
        digests = {image: digest_of(image) for image in sorted(now)}
    except OSError as error:
        print(f"a registry did not answer, so nothing was changed. {error}", file=sys.stderr)
        return 1
    for file, text in texts.items():
        file.write_text(pin(text, digests), encoding="utf-8")
    changed = [image for image in digests if digests[image] != now[image]]
    print(f"{len(digests)} base images have a digest, {len(changed)} of them a new one", *changed, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
