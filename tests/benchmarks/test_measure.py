"""What a benchmark says of processor time includes processes that have ended."""

import os
import subprocess
import sys

from tests.benchmarks.measure import tree_cpu

BUSY = "import time\nwhile time.process_time() < 0.3: pass"


def test_processor_time_includes_children_that_ended() -> None:
    before = tree_cpu(os.getpid())
    subprocess.run([sys.executable, "-S", "-c", BUSY], check=True)
    assert tree_cpu(os.getpid()) - before >= 0.25  # counted in hundredths
