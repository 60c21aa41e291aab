"""Limits BLAS to one thread, for work that runs in several threads."""

from typing import Any


def one_blas_thread() -> Any:
    """A block in which BLAS uses one thread; start it outside your own threads, so that none of them ends the limit."""
    import implicit.cpu.als  # noqa: F401  (the limit applies only to libraries that are already loaded)
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, "blas")
