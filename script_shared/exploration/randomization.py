"""How the last places of lists are drawn by chance: the settings."""

from dataclasses import dataclass

from script_shared.errors import InputError

MOST = 14  # candidates of a draw; exact probabilities need 2^candidates sums
SEED = 8  # bytes of a seed


@dataclass(frozen=True, slots=True)
class Randomization:
    """How the last places of lists are drawn.

    Attributes:
        share: of the lists that are drawn, 0 to 1; the others keep their order.
        places: last places of a list that are drawn; all places of a shorter list.
        extra: articles after the end of the list that may get one of these places.
        temperature: ranks over which the weight of an article falls to 1/e; above 0.
    """

    share: float
    places: int
    extra: int
    temperature: float

    @property
    def text(self) -> str:
        """In the form that served lists keep.

        >>> Randomization.of(Randomization(0.1, 4, 2, 2.5).text)
        Randomization(share=0.1, places=4, extra=2, temperature=2.5)
        """
        return f"draw {self.share!r} {self.places} {self.extra} {self.temperature!r}"

    @classmethod
    def of(cls, text: str) -> "Randomization":
        """From this form.

        Args:
            text: as the property ``text`` gives it.

        Raises:
            InputError: the text has another form.
        """
        try:
            word, share, places, extra, temperature = text.split(" ")
            if word == "draw":
                return cls(float(share), int(places), int(extra), float(temperature))
        except ValueError:
            pass
        raise InputError(f"{text!r} is no randomization.", fix="Read the log with the version of Pauta that wrote it.")
