"""Threads of BLAS, around work that has threads of its own."""

from typing import Any


def one_blas_thread() -> Any:
    """A block in which BLAS has one thread; around threads of one's own, so that none gives BLAS its threads back."""
    import implicit.cpu.als  # noqa: F401  (a limit holds for the libraries that are loaded when it is set)
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, "blas")
