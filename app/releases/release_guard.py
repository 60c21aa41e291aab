"""Tries every release in another process before it is served, and stores the verdict.

The verdict depends on the files and this code alone, so it is kept by the checksums of the files: other worker
processes and later starts read it from the cache folder.
"""

import hashlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app import __version__
from app.releases.refusal import CheckError
from app.use_case import ReleaseLoader
from script_shared import parent
from script_shared.errors import ReleaseCorruptError
from script_shared.releases import Manifest
from script_shared.settings import Settings

log = logging.getLogger("pauta.releases")
ROOT = Path(__file__).parents[2]
LOAD_TRIAL = "app.releases.load_trial:LoadTrial"
RULES = 1  # increased when the check itself changes
CHECK_SECONDS = 600.0
IDLE_SECONDS = 30.0  # while a release is in service; a check that is not done by then starts again
KEPT = 50  # verdicts
_here: dict[str, "Verdict"] = {}  # of this process, even if the cache folder is deleted


@dataclass(frozen=True)
class Verdict:
    """The verdict of a check.

    Attributes:
        reason: why the release cannot be served, "" when it can.
        parts: why an optional part cannot be used, by part.
    """

    reason: str = ""
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.reason and not self.parts

    @property
    def text(self) -> str:
        """Everything that is wrong, in a sentence or two."""
        return self.reason or " ".join(f"{name}: {reason}" for name, reason in self.parts.items())


class CheckCrashed(Exception):  # noqa: N818  a finding about a release
    """The check ended without a verdict, in a stage."""

    def __init__(self, stage: str, how: str) -> None:
        super().__init__(how)
        self.stage, self.how = stage, how


class ReleaseGuard:
    """Tries releases of one use case.

    Args:
        cache_dir: verdicts are kept below it.
        trial: the ``ReleaseTrial``, as ``module:class``.
        given: what it gets, in JSON's types.
        optional: parts that may be left out in another trial if the release crashed the first one.
    """

    def __init__(self, cache_dir: Path, trial: str, given: Any, optional: Collection[str] = ()) -> None:
        self._folder = cache_dir / "checks"
        self._trial, self._given, self._optional = trial, given, optional

    @classmethod
    def of(cls, settings: Settings, use_case: str, loader: ReleaseLoader[Any]) -> "ReleaseGuard":
        """The guard of a use case's releases in a running service.

        Args:
            settings: ``cache_dir`` keeps verdicts across restarts.
            use_case: its name.
            loader: names the trial and the optional parts.
        """
        given = loader.trial_input if loader.trial else {"use_cases": settings.use_cases, "use_case": use_case}
        return cls(settings.cache_dir / use_case, loader.trial or LOAD_TRIAL, given, loader.optional_parts)

    def damaged_parts(
        self, folder: Path, manifest: Manifest, *, in_part: bool, beside: bool = False
    ) -> Collection[str]:
        """The optional parts that cannot be used; none if the release must be whole.

        Args:
            folder: of the fetched release, checksums verified.
            manifest: of the release.
            in_part: whether the release may be served without optional parts.
            beside: whether another release is in service; the check then uses only idle processor time.

        Raises:
            ReleaseCorruptError: the release is damaged, or an optional part is and ``in_part`` is False.
            CheckError: the check could not be made; trying again may help.
        """
        verdict = self.verdict(folder, manifest, beside=beside)
        if verdict.reason or (verdict.parts and not in_part):
            raise ReleaseCorruptError(verdict.text, fix="The check before service failed: train again.")
        return verdict.parts

    def verdict(self, folder: Path, manifest: Manifest, *, beside: bool = False) -> Verdict:
        """Check a release whose checksums are valid.

        Args:
            folder: of the fetched release, checksums verified.
            manifest: of the release.
            beside: as in ``damaged_parts``.

        Returns:
            The verdict of another process that loaded the release; a known verdict is reused.

        Raises:
            CheckError: the check could not be made; trying again may help.
        """
        name = self._name(manifest)
        found = _here.get(name) or self._cached_verdict(name)
        if found is None:
            found = self._try(folder, manifest, beside=beside)
            self._keep(name, found)
        _here[name] = found
        return found

    def _name(self, manifest: Manifest) -> str:
        files = sorted((path, entry.sha256) for path, entry in manifest.files.items())
        content = json.dumps([RULES, __version__, self._trial, self._given, files])
        return hashlib.sha256(content.encode()).hexdigest()

    def _try(self, folder: Path, manifest: Manifest, *, beside: bool) -> Verdict:
        without: dict[str, str] = {}
        while True:
            try:
                found = self._run(folder, manifest, list(without), beside=beside)
            except CheckCrashed as crash:
                if crash.stage not in self._optional or crash.stage in without:
                    return Verdict(f"the check of {folder} was ended by {crash.how}.", without)
                without[crash.stage] = f"reading it was ended by {crash.how}."
            else:
                return Verdict(found.reason, {**without, **found.parts})

    def _run(self, folder: Path, manifest: Manifest, without: list[str], *, beside: bool) -> Verdict:
        command = [sys.executable, "-m", "app.release_check", self._trial, str(folder.absolute())]
        command += [flag for part in without for flag in ("--without", part)]
        given = json.dumps({"input": self._given, "manifest": manifest.model_dump(mode="json")})
        try:
            if beside and IDLE_SECONDS:
                with suppress(subprocess.TimeoutExpired):
                    return _read(*_check([*command, "--idle"], given, IDLE_SECONDS))
            return _read(*_check(command, given, CHECK_SECONDS))
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CheckError(f"the release could not be checked ({type(error).__name__}).") from error

    def _cached_verdict(self, name: str) -> Verdict | None:
        """A verdict from the cache folder, if this user owns the folder and nobody else can write to it."""
        try:
            stat = self._folder.stat()
            if stat.st_uid != os.getuid() or stat.st_mode & 0o022:
                return None
            return Verdict(**json.loads((self._folder / f"{name}.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def _keep(self, name: str, found: Verdict) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, partial = tempfile.mkstemp(dir=self._folder)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(found), file)
            os.replace(partial, self._folder / f"{name}.json")
            for path in sorted(self._folder.glob("*.json"), key=lambda path: -path.stat().st_mtime)[KEPT:]:
                path.unlink()
        except OSError as error:
            log.warning(
                "the verdict on a release could not be stored; the next start checks the release again: %s",
                error.strerror,
            )


def _check(command: list[str], given: str, seconds: float) -> tuple[int, str, str]:
    """Exit code, output and errors of a check."""
    done = subprocess.run(
        command,
        input=given,
        capture_output=True,
        text=True,
        errors="replace",  # the message may quote bytes of a damaged file
        timeout=seconds,
        cwd=ROOT,
        env={**os.environ, **parent.child_environment(), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def _read(code: int, output: str, errors: str) -> Verdict:
    """The verdict in the output of the check.

    Raises:
        CheckCrashed: it ended without one. CheckError: it was killed, had no memory, or could not reach something.
    """
    said = _lines(output)
    if code == 0 and said and "verdict" in said[-1]:
        return Verdict(**said[-1]["verdict"])
    if said and "unavailable" in said[-1]:
        raise CheckError(f"the release could not be checked: {said[-1]['unavailable']}")
    if -code in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
        raise CheckError("the check of the release was killed, or memory ran out.")
    stage = next((one["stage"] for one in reversed(said) if "stage" in one), "")
    last = errors.strip().rpartition("\n")[2][-200:]
    if not stage:
        raise CheckError(f"the check of the release did not start ({last or f'code {code}'}).")
    raise CheckCrashed(stage, signal.Signals(-code).name if code < 0 else f"code {code} ({last})")


def _lines(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("{") and line.endswith("}")]
