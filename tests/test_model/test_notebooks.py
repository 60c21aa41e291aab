"""The notebooks run from top to bottom on a small sample, and hold no logic of their own."""

import ast
import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[2] / "test_model"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SMALL = ["sample.users=800", "sample.articles=300", "sample.interactions=6000", "sample.days=4"]
QUICK = ["logged.als.factors=8", "logged.als.iterations=2", "evaluation.bootstrap_resamples=20"]


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """Settings of a folder that holds one small refined run."""
    from pipelines.__main__ import main

    folder = tmp_path_factory.mktemp("notebooks")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DATA_DIR", "EVALUATION_DIR", "MODELS_URI"):
            patch.setenv(f"PAUTA_{name}", str(folder / name.lower()))
        patch.setenv("PAUTA_EXPERIMENT_SET", "\n".join(QUICK))
        patch.setenv("PYTHONPATH", str(FOLDER.parent))
        patch.setenv("OPENBLAS_NUM_THREADS", "1")
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        sets = [flag for line in SMALL for flag in ("--set", line)]
        assert main(["news", "--step", "download", "--step", "refine", *sets]) == 0
        yield dict(os.environ)


@pytest.mark.slow
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_notebook_runs_from_top_to_bottom(path, environment, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=1500, kernel_name="python3", resources={"metadata": {"path": tmp_path}})
    client.execute(env=environment)
    ran = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in ran)
    if path.stem == "experiments":
        rows = (tmp_path / "results" / "experiments.csv").read_text().splitlines()
        assert len(rows) > 100


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_holds_no_logic_and_no_outputs(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            tree = ast.parse(cell.source)
            own = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.While)]
            assert own == []
            assert cell.outputs == []
