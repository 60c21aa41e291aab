"""What a served list keeps of an experiment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """The part of an experiment in one answer.

    Attributes:
        experiment: its name.
        variant: that the user was assigned to, also where the release in service had to answer instead; "" for a
            list of both.
        micros: time that the list took, microseconds.
        fallback: whether the variant could not answer.
        owners: of an interleaved list the place of the variant that each article came from, 0 or 1; 255 if
            the editors gave it the same place in both lists.
        pages: of a shadow's list, article ids, best first.
    """

    experiment: str
    variant: str
    micros: int = 0
    fallback: bool = False
    owners: bytes = b""
    pages: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Experiment and variant in one text, as answers name them.

        >>> Mark("ranker", "off").name
        'ranker/off'
        """
        return f"{self.experiment}/{self.variant}" if self.variant else self.experiment
