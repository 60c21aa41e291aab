"""Generated workbooks whose newest year differs from those before."""

from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.students.sources.generated import generate
from script_shared.students.params import StudentsParams


def simulated_drift(params: StudentsParams, folder: Path) -> list[str]:
    """Put them into the folder, the newest year last and as a whole; returns the files' names.

    Args:
        params: ``generated`` says the number of students and years.
        folder: an existing folder.
    """
    wanted = params.generated.model_copy(update={"drift": 1.0, "files": "each"})
    with TemporaryDirectory(dir=folder, prefix=".") as scratch:
        books = Path(scratch) / "workbooks"
        books.mkdir()
        generate(books, wanted, params.ruler)
        names = sorted(path.name for path in books.iterdir())
        for name in names:
            (books / name).rename(folder / name)
    return names
