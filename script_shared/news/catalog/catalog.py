"""The articles of a release, with their display fields."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from script_shared.arrays import IdIndex, Int16s, Int64s, Strings, load_array, save_arrays


@dataclass(frozen=True)
class Catalog:
    """n articles; every other part of a release names an article by its row here.

    Attributes:
        ids, urls, titles: of each article.
        issued_ms: int64 (n); publication, epoch milliseconds, UTC.
        section, region: int16 (n); rows of the names, -1 when an article has none.
        section_names, region_names: in the order of the codes.
    """

    ids: IdIndex
    urls: Strings
    titles: Strings
    issued_ms: Int64s
    section: Int16s
    section_names: Strings
    region: Int16s
    region_names: Strings

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, ids: Iterable[str]) -> list[int]:
        """Rows of the ids that are known, in their order; unknown ids are left out.

        Args:
            ids: of any articles.
        """
        found: list[int] = self.ids.rows(list(ids)).tolist()
        return [row for row in found if row >= 0]

    def section_name(self, row: int) -> str:
        """The section of an article, empty when it has none."""
        code = int(self.section[row])
        return self.section_names[code] if code >= 0 else ""

    def region_name(self, row: int) -> str:
        """The region that an article is about, empty when it has none."""
        code = int(self.region[row])
        return self.region_names[code] if code >= 0 else ""

    def save(self, folder: Path) -> None:
        """Write it into a folder, which ``load`` reads.

        Args:
            folder: made when missing.
        """
        self.ids.save(folder, "ids")
        for name in ("urls", "titles", "section_names", "region_names"):
            getattr(self, name).save(folder, name)
        save_arrays(folder, {"issued_ms": self.issued_ms, "section": self.section, "region": self.region})

    @classmethod
    def load(cls, folder: Path) -> "Catalog":
        """Map a saved catalog into memory.

        Args:
            folder: where it was saved.

        Raises:
            ReleaseCorruptError: a file is missing or damaged.
        """
        return cls(
            ids=IdIndex.load(folder, "ids"),
            urls=Strings.load(folder, "urls"),
            titles=Strings.load(folder, "titles"),
            issued_ms=load_array(folder, "issued_ms"),
            section=load_array(folder, "section"),
            section_names=Strings.load(folder, "section_names"),
            region=load_array(folder, "region"),
            region_names=Strings.load(folder, "region_names"),
        )
