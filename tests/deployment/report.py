"""What was checked with which result, and what was not run and why, as lines that a person reads in a minute."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class CheckError(Exception):
    """Something that was checked is not as it must be."""


@dataclass
class Report:
    """Prints each check as it ends."""

    failed: int = 0
    passed: int = 0
    missing: list[str] = field(default_factory=list)

    @contextmanager
    def check(self, name: str) -> Iterator[list[str]]:
        """One check. The block appends to the list what it found, and raises ``CheckError`` for what is wrong."""
        found: list[str] = []
        start = time.monotonic()
        try:
            yield found
        except CheckError as error:
            self.failed += 1
            found = ["FAILED", str(error)]
        else:
            self.passed += 1
        print(f"{name:<34} {time.monotonic() - start:5.1f} s  {'; '.join(found)}", flush=True)

    def not_run(self, name: str, why: str) -> None:
        """Something that these machines cannot do."""
        if (line := f"{name}: {why}") not in self.missing:
            self.missing.append(line)

    def close(self) -> int:
        """Print what was not run; the exit code."""
        print("\nnot run here:", *self.missing, sep="\n- ")
        print(f"\n{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0
