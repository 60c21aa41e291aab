"""`make verify-cluster` cleans up after a start that failed early."""

from pathlib import Path

import pytest

from tests.cluster import node
from tests.cluster.machine import Machine


def test_a_cluster_that_never_started_is_removed_without_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node, "quietly", lambda machine, *command: None)  # these commands change this machine's network
    (folder := tmp_path / "cluster").mkdir()
    machine = Machine(folder, tmp_path / "programs")
    node.remove(machine)
    machine.remove()
    assert not folder.exists()
