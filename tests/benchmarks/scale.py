"""``make bench-scale``: the full-scale sample, from CSV to a promoted release and a ready API."""

import argparse
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import polars as pl

from pipelines.news.use_case import NEWS
from tests.benchmarks.measure import Measured, measure, tree_mb

FULL_SCALE = ["sample.users=577942", "sample.articles=255603", "sample.interactions=8123951", "sample.days=45"]
# Only a third of the clicks lie among the candidates here, and half as many are hits: more are evaluated.
FULL_SCALE += ["ranking.requests=15000", "evaluation.replayed_clicks=4000"]
BARS = {"refine": (20, 2_000), "CSV to promoted": (300, 6_000), "API ready": (5, 800)}


def main() -> int:
    """Run the benchmark, print its table and write it as JSON."""
    args = _arguments()
    with tempfile.TemporaryDirectory(prefix="pauta-scale-", dir=args.work) as work:
        env = _environment(Path(work))
        measured = {step.name: _step(step.name, env, args.set) for step in NEWS.steps}
        csv_mb = _size_mb(Path(work) / "data/news/raw")
        ready, memory = _api_ready(env)
    made = [value for name, value in measured.items() if name != "download"]
    total = Measured(sum(m.wall for m in made), sum(m.cpu for m in made), max(m.peak_mb for m in made), "")
    rows = {**measured, "CSV to promoted": total, "API ready": Measured(ready, 0.0, memory, "")}
    promoted = bool(json.loads(measured["promote"].output)["promote"]["promoted"])
    print(f"\n{machine()}; {csv_mb:,.0f} MB of CSV; promoted: {promoted}\n")
    print(_table(rows))
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_text(json.dumps(_as_json(rows, csv_mb), indent=2))
    missed = [name for name, (seconds, mb) in BARS.items() if rows[name].wall > seconds or rows[name].peak_mb > mb]
    print(f"\nmissed: {', '.join(missed)}" if missed else "\nevery bar is met")
    return 1 if missed or not promoted else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-scale", description=__doc__)
    parser.add_argument("--work", type=Path, help="folder for the temporary files, about 4 GB (default: the system's)")
    parser.add_argument(
        "--output", type=Path, default=Path("script_shared/evaluation/bench/scale.json"), help="result file"
    )
    parser.add_argument("--set", action="append", default=FULL_SCALE, metavar="KEY=VALUE", help="another size: params")
    return parser.parse_args()


def _environment(work: Path) -> dict[str, str]:
    places = {"DATA_DIR": "data", "MODELS_URI": "models", "EVALUATION_DIR": "evaluation", "CACHE_DIR": "cache"}
    settings = {f"PAUTA_{name}": str(work / folder) for name, folder in places.items()}
    return {**os.environ, **settings, "PAUTA_SOURCE": "sample", "OPENBLAS_NUM_THREADS": "1"}


def _step(name: str, env: dict[str, str], overrides: list[str]) -> Measured:
    return measure(pipeline_step(name, "scale", overrides), env)


def pipeline_step(name: str, run_id: str, overrides: list[str]) -> list[str]:
    """The command of one step of the news pipeline."""
    sets = [flag for value in overrides for flag in ("--set", value)]
    return [sys.executable, "-m", "pipelines", "news", "--run-id", run_id, "--step", name, "--json", *sets]


def _size_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*.csv")) / 1e6


def _api_ready(env: dict[str, str]) -> tuple[float, float]:
    """Seconds from the API's start to ready, and its memory in MB after lists for two thousand readers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = time.perf_counter()
    server = subprocess.Popen([sys.executable, "-m", "app", "--port", str(port)], env=env)
    try:
        address = f"http://127.0.0.1:{port}"
        ready = wait_ready(address, started)
        _ask_for_everybody(address, env)
        return ready, tree_mb(server.pid)
    finally:
        server.terminate()
        server.wait(20)


def _ask_for_everybody(address: str, env: dict[str, str]) -> None:
    """Lists for two thousand readers of the data, so that every part of the release is touched."""
    tables = Path(env["PAUTA_DATA_DIR"]) / "news/refined/scale/users.parquet"
    readers = pl.read_parquet(tables, columns=["user_id"])["user_id"].sample(2_000, seed=1)
    with httpx.Client(base_url=address) as client:
        for reader in readers:
            client.get("/recommendations", params={"user_id": reader, "num_recs": 20}).raise_for_status()


def wait_ready(address: str, started: float, patience_seconds: float = 60.0) -> float:
    with httpx.Client(base_url=address, verify=False, timeout=20) as client:  # reading CA certificates takes 20 ms
        while (seconds := time.perf_counter() - started) < patience_seconds:
            try:
                if client.get("/ready").status_code == 200:
                    return seconds
            except httpx.TransportError:
                pass  # not listening yet
            time.sleep(0.05)
    raise TimeoutError(f"the API was not ready after {patience_seconds:g} s")


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}"


def _table(rows: dict[str, Measured]) -> str:
    lines = [f"{'step':<18}{'seconds':>9}{'CPU s':>9}{'peak MB':>9}   bar"]
    for name, row in rows.items():
        bar = "{} s, {:,} MB".format(*BARS[name]) if name in BARS else ""
        lines.append(f"{name:<18}{row.wall:>9.1f}{row.cpu:>9.1f}{row.peak_mb:>9,.0f}   {bar}")
    return "\n".join(lines)


def _as_json(rows: dict[str, Measured], csv_mb: float) -> dict[str, object]:
    steps = {name: {"seconds": row.wall, "cpu_seconds": row.cpu, "peak_mb": row.peak_mb} for name, row in rows.items()}
    return {"machine": machine(), "csv_mb": csv_mb, "steps": steps}


if __name__ == "__main__":
    sys.exit(main())
