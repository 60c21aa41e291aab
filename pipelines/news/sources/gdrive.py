"""Source ``gdrive``: the challenge's zip on Google Drive, resumed after a break and checked before use."""

from pathlib import Path
from typing import Any

import gdown
import requests
from gdown.exceptions import DownloadError, FileURLRetrievalError

from pipelines.news.sources.layout import arrange_paths
from pipelines.raw_files.archive import check_zip, extract
from pipelines.raw_files.progress import progress
from pipelines.use_case import Context
from script_shared.errors import SourceError, TransientError

TIMEOUT = (10.0, 60.0)  # seconds to connect, and between bytes
NO_LINK = "Cannot retrieve the public link"  # gdown's own words for a page that has neither a link nor an error
MOST_WORDS = 200  # characters of a page's error that are repeated


def fingerprint(context: Context) -> str:
    """The file's id: Drive assigns another one when a changed file is uploaded again."""
    return f"gdrive:{context.params.gdrive.file_id}"


def fetch(context: Context, folder: Path) -> dict[str, Any]:
    """Download the zip into ``<root>/downloads`` (kept there, so that nothing is fetched twice) and extract it.

    Raises:
        TransientError: quota used up, network broken, or the zip came damaged; what came is kept for the next try.
        SourceError: Drive's answer is no file, or no zip, or a zip of something else.
    """
    file_id = context.params.gdrive.file_id
    downloads = context.run.root / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    target = downloads / f"{file_id}.zip"
    if context.options.refresh:
        target.unlink(missing_ok=True)
    fetched = not target.exists()
    if fetched:
        _download(file_id, target, context.params.gdrive.retries)
    check_zip(target, arrange_paths)
    extract(target, folder, arrange_paths)
    return {"file_id": file_id, "bytes_downloaded": target.stat().st_size if fetched else 0}


def _download(file_id: str, target: Path, retries: int) -> None:
    try:
        with progress(f"downloading {file_id}", None, "B") as advance:
            done = 0

            def report(received: int, total: int | None) -> None:
                nonlocal done
                advance(received - done)
                done = received

            gdown.download(
                id=file_id,
                output=str(target),
                quiet=True,
                use_cookies=False,
                resume=True,
                progress=report,
                timeout=TIMEOUT,
                retries=retries,
            )
    except FileURLRetrievalError as error:
        raise _refusal(file_id, error) from error
    except requests.HTTPError as error:
        raise _status(file_id, error) from error
    except (DownloadError, requests.RequestException) as error:
        raise TransientError(
            f"Google Drive file {file_id}: the download broke off ({_line(error)}).",
            fix=f"Run again: it goes on from the part kept in {target.parent}.",
        ) from error


def _refusal(file_id: str, error: Exception) -> SourceError:
    """The error for a page instead of the file.

    Where the quota is used up, Drive explains it in some language, and gdown repeats that; for a wrong id or a private
    file it has nothing to repeat.
    """
    text = " ".join(str(error).split())
    if NO_LINK not in text:
        words = text.partition("retrieve file url:")[2].partition("You may still be able")[0].strip() or text
        return TransientError(
            f"Google Drive file {file_id}: its download quota is used up for now. Drive says: {words[:MOST_WORDS]}",
            fix="Try again in some hours, or download the zip in a browser, extract it and use the source local.",
        )
    return SourceError(
        f"Google Drive file {file_id}: Drive answered with a page, not with the file.",
        fix="Check that the id is right and that anyone with the link may read it; or use the source local.",
    )


def _status(file_id: str, error: requests.HTTPError) -> SourceError:
    status = error.response.status_code if error.response is not None else 0
    if status == 429 or status >= 500:
        return TransientError(f"Google Drive file {file_id}: Drive answered {status}.", fix="Try again later.")
    return SourceError(f"Google Drive file {file_id}: Drive answered {status}.", fix="Check the id and its sharing.")


def _line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
