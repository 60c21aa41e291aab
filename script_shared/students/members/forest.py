"""A random forest as arrays, equal to the library's predictions."""

from pathlib import Path

from script_shared.arrays import Float64s, FloatArray
from script_shared.errors import ReleaseCorruptError
from script_shared.students.members.trees import Trees

NAME = "forest"


class Forest(Trees):
    """Fitted trees; a leaf's value is the share of its students to whom it came."""

    def predict(self, features: FloatArray) -> Float64s:
        """float64 (n, replicates, 2): chances of lagging and of critical, by replicate; no feature is nan.

        Args:
            features: float (n, features).
        """
        return self.means(features)

    def save(self, folder: Path) -> None:
        """Write the arrays below ``folder/forest``.

        Args:
            folder: of the model.
        """
        super().save(folder / NAME)

    @classmethod
    def load(cls, folder: Path, columns: int) -> "Forest":
        """Read a saved forest.

        Args:
            folder: of the model.
            columns: how many features it may look at.

        Raises:
            ReleaseCorruptError: arrays are missing, or name nodes or columns that do not exist, or a way back.
        """
        forest = cls.read(folder / NAME)
        if not forest.sound(columns) or not bool(((forest.value >= 0) & (forest.value <= 1)).all()):
            raise ReleaseCorruptError(f"{folder / NAME}: the trees do not fit together.", fix="Train it again.")
        return forest
