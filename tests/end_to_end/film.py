"""A short film out of pictures of a browser, as a GIF of few colours."""

from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

WIDTH = 800  # pixels of the film
COLOURS = 48
MOST_BYTES = 2_000_000


class Film:
    """Collects pictures; one that equals the one before only makes that one longer."""

    def __init__(self) -> None:
        self._frames: list[Image.Image] = []
        self._seconds: list[float] = []

    def take(self, page: Any, seconds: float = 0.8) -> None:
        """Add what a page shows now.

        Args:
            page: of playwright.
            seconds: how long the film shows it.
        """
        picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
        size = (WIDTH, round(picture.height * WIDTH / picture.width))
        frame = picture.resize(size, Image.Resampling.LANCZOS)
        if self._frames and self._frames[-1].tobytes() == frame.tobytes():
            self._seconds[-1] += seconds
            return
        self._frames.append(frame)
        self._seconds.append(seconds)

    def write(self, path: Path, longest: float = 4.0) -> int:
        """Write the film.

        Args:
            path: of the GIF.
            longest: seconds that one picture is shown at most.

        Returns:
            its size in bytes.
        """
        palette = self._palette()
        frames = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in self._frames]
        times = [round(1000 * min(seconds, longest)) for seconds in self._seconds]
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=times, loop=0, optimize=True, disposal=1)
        return path.stat().st_size

    def _palette(self) -> Image.Image:
        """The colours of all frames together, rare ones too."""
        small = [frame.resize((400, 260), Image.Resampling.NEAREST) for frame in self._frames]
        sheet = Image.new("RGB", (400, 260 * len(small)))
        for number, frame in enumerate(small):
            sheet.paste(frame, (0, 260 * number))
        return sheet.quantize(COLOURS, Image.Quantize.MAXCOVERAGE)
