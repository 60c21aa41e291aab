"""New processes run functions without importing the main module, which in a task of Airflow cannot be imported."""

import math
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines.processes.new_processes import new_processes
from tests.patience import PATIENCE_SECONDS

ROOT = Path(__file__).parents[3]
# Like Airflow in a task: it runs as the main module, but a second import fails.
MAIN = """\
if __name__ != "__main__":
    raise RuntimeError("imported a second time")
import math
from pipelines.processes.new_processes import new_processes
with new_processes(2) as pool:
    print(sorted(pool.map(math.sqrt, [1.0, 4.0])))
import sys
print(sys.modules["__main__"].MARK)
"""


@pytest.mark.parametrize("way", ["module", "script"])
def test_new_processes_do_not_import_the_main_module(tmp_path: Path, way: str) -> None:
    (folder := tmp_path / "scheduler").mkdir()
    (folder / "__init__.py").touch()
    (main := folder / "task.py").write_text('MARK = "still the main module"\n' + MAIN)
    command = ["-m", "scheduler.task"] if way == "module" else [str(main)]
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])}
    done = subprocess.run(
        [sys.executable, *command], env=variables, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert done.stdout.splitlines() == ["[1.0, 2.0]", "still the main module"], done.stderr


def test_threads_that_start_processes_at_once_keep_the_main_module() -> None:
    main = sys.modules["__main__"]

    def work(number: float) -> float:
        with new_processes(1) as pool:
            return pool.submit(math.sqrt, number).result()

    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(work, [1.0, 4.0, 9.0])) == [1.0, 2.0, 3.0]
    assert sys.modules["__main__"] is main
