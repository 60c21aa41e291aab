"""The Dockerfile of a reproducible image has no command that makes two builds of one commit differ."""

import re

import pytest

from tests.compose_file import ROOT
from tests.deployment.images import IMAGES


@pytest.mark.parametrize("name", sorted(IMAGES))
def test_nothing_in_the_image_tells_when_it_was_built(name: str) -> None:
    text = (ROOT / IMAGES[name]).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for line in lines:
        if "pip " in line and " install " in line:  # otherwise pip writes the times of files into bytecode
            assert {"--no-compile", "--no-cache-dir"} <= set(line.split())
        if "compileall" in line:
            assert "--invalidation-mode unchecked-hash" in line
    stages = re.split(r"^FROM ", "\n".join(lines), flags=re.M)
    [stage] = [stage for stage in stages if "useradd" in stage]
    assert stage.index("ARG SOURCE_DATE_EPOCH") < stage.index("useradd")  # without it, useradd writes today's date
    [added] = [line for line in stage.splitlines() if "useradd" in line]
    assert {"/var/log/*", "/var/cache/ldconfig/aux-cache"} <= set(added.split())
