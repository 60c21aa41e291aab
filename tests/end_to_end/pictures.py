"""Pictures of the docs, taken while the demo runs."""

from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

DESKTOP, PHONE = {"width": 1200, "height": 900}, {"width": 360, "height": 740}
COLOURS = 128


def picture(page: Any, path: Path, *, size: dict[str, int] = DESKTOP, whole: bool = False) -> None:
    """Write what a page shows as a PNG of few colours.

    Args:
        page: of playwright.
        path: of the file.
        size: of the window.
        whole: also what is below the window.
    """
    page.set_viewport_size(size)
    page.wait_for_timeout(700)  # plots are drawn again
    image = Image.open(BytesIO(page.screenshot(full_page=whole))).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
