"""A serving process stays small."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from app import memory
from script_shared.arrays import load_array, save_arrays
from script_shared.mapped_files import drop_pages, note_map, note_scattered

LOOK = """
import sys
from app import memory
memory.import_lightgbm()
from lightgbm import Booster
print(sorted({"sklearn", "pandas", "numpy.f2py"} & set(sys.modules)))
"""
LATER = """
import pandas, sklearn.base
print(pandas.DataFrame([1]).shape, sklearn.base.BaseEstimator.__name__)
"""
COMPILER = """
import numpy
print(numpy.f2py.run_main.__name__)
"""
SERVICE = """
import sys
from app import memory
memory.import_lightgbm()
from app.main import create_app
from script_shared.settings import load_settings
create_app(load_settings())
print(sorted({"httpx", "jwt", "numpy.f2py"} & set(sys.modules)))
"""
GROWN = """
import sys
import numpy as np
import psutil
from app import memory
if sys.argv[1] == "small":
    memory.give_back_large()
def taken(): return psutil.Process().memory_info().rss >> 20
kept = []
before = taken()
for turn in range(20):  # arrays of a release between small things that stay
    arrays = [np.ones(1 << 17) for _ in range(60)]
    kept.append([bytearray(4000) for _ in range(20)])
    release = arrays[::2]
    del arrays
    kept.append([bytearray(4000) for _ in range(20)])
    del release
print(taken() - before)
"""
SPARSE = """
import sys
import psutil, uvicorn
uvicorn.run = lambda *given, **more: None
from app.__main__ import main
sys.argv = ["app"]
main()  # chooses how numpy takes memory
import numpy as np
def taken(): return psutil.Process().memory_info().rss >> 20
before = taken()
table = np.zeros((4, 2048, 2048), np.float32)
table[0, ::16, 5] = 1
print(taken() - before, table.nbytes >> 20)
"""
HUGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")


def _run(program: str, *arguments: str) -> str:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_lightgbm_comes_without_pandas_and_scikit_learn() -> None:
    assert _run(LOOK) == "[]\n"


def test_the_fortran_compiler_of_numpy_can_still_be_imported_later() -> None:
    assert _run(LOOK + COMPILER) == "[]\nrun_main\n"


def test_a_service_imports_no_client_of_airflow_or_single_sign_on_before_it_needs_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATA_DIR", "MODELS_URI", "CACHE_DIR"):
        monkeypatch.setenv(f"PAUTA_{name}", str(tmp_path / name))
    monkeypatch.delenv("PAUTA_JWT_JWKS_URL", raising=False)
    assert _run(SERVICE) == "[]\n"


@pytest.mark.skipif(find_spec("sklearn") is None, reason="not among the API's own packages")
def test_both_can_still_be_imported_later() -> None:
    assert _run(LOOK + LATER) == "[]\n(1, 1) BaseEstimator\n"


def test_arrays_of_a_release_that_has_gone_go_back_to_the_system() -> None:
    assert int(_run(GROWN, "small")) < 10


@pytest.mark.skipif(not HUGE_PAGES.exists() or "[always]" in HUGE_PAGES.read_text(), reason="of Linux's choice")
def test_a_table_of_which_little_is_used_takes_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAUTA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PAUTA_MODELS_URI", str(tmp_path / "models"))
    taken, dense = map(int, _run(SPARSE).split())
    assert dense == 64
    assert taken < 8


def test_pages_of_mapped_files_leave_the_process_and_come_back(tmp_path: Path) -> None:
    many = (memory.MOST_MAPPED + (32 << 20)) // 8
    save_arrays(tmp_path, {"users": np.arange(many), "articles": np.arange(2 << 20)})  # 32 MB too many, and 16 MB
    users, articles, files = load_array(tmp_path, "users"), load_array(tmp_path, "articles"), memory.MappedFiles()
    note_scattered(users)
    before = memory.mapped_bytes()
    assert int(users.sum()) == many * (many - 1) // 2
    assert int(articles.sum()) == sum(range(2 << 20))
    assert memory.mapped_bytes() - before > memory.MOST_MAPPED
    files.look()
    assert 14 << 20 < memory.mapped_bytes() - before < 20 << 20
    assert int(users[::1000].sum()) == sum(range(0, many, 1000))
    drop_pages(scattered=False)
    assert memory.mapped_bytes() - before < 3 << 20


def test_a_few_pages_stay(tmp_path: Path) -> None:
    save_arrays(tmp_path, {"users": np.arange(1 << 20)})
    users, files = load_array(tmp_path, "users"), memory.MappedFiles()
    note_scattered(users)
    before = memory.mapped_bytes()
    assert int(users.sum()) == sum(range(1 << 20))
    files.look()
    assert memory.mapped_bytes() - before > 7 << 20


def test_arrays_that_are_not_mapped_are_ignored() -> None:
    plain, rows = np.arange(3), np.arange(9).reshape(3, 3)[1:]
    note_map(plain)
    note_scattered(plain, rows)
    for scattered in (True, False):
        drop_pages(scattered=scattered)
    assert plain.tolist() == [0, 1, 2]
    assert rows.tolist() == [[3, 4, 5], [6, 7, 8]]
