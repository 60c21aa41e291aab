"""Groups users by behaviour: capped, standardised, PCA, KMeans. Fitting needs scikit-learn, assigning numpy alone."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from script_shared.arrays import Float64s, FloatArray, Int16s, load_array, save_arrays

SEED = 20220701
STARTS = 4  # KMeans is begun so many times, the tightest result stays


@dataclass(frozen=True)
class GroupingWeights:
    """Where values are cut, and how many components and groups are made (fewer when the data has fewer)."""

    cap_quantile: float
    components: int
    groups: int


@dataclass(frozen=True)
class Grouping:
    """d features of a user to one of k groups.

    Attributes:
        caps, mean, scale: float64 (d).
        components: float64 (c, d).
        centroids: float64 (k, c).
    """

    caps: Float64s
    mean: Float64s
    scale: Float64s
    components: Float64s
    centroids: Float64s

    @classmethod
    def fit(cls, features: FloatArray, weights: GroupingWeights) -> "Grouping":
        """Learn from float (n, d); with fewer users than groups there are as many groups as users, at least one.

        Args:
            features: float (n, d), without nan.
            weights: quantile at which values are cut, numbers of components and of groups.
        """
        if not len(features) or (features == features[0]).all():
            d = features.shape[1]  # nobody to tell apart: one group
            return cls(np.full(d, np.inf), np.zeros(d), np.ones(d), np.zeros((1, d)), np.zeros((1, 1)))
        caps: Float64s = np.quantile(features, weights.cap_quantile, axis=0)
        cut = np.minimum(features.astype(np.float64), caps)
        mean, scale = cut.mean(axis=0), cut.std(axis=0)
        scale[scale < 1e-9] = 1.0
        components, centroids = _components_and_centroids((cut - mean) / scale, weights)
        return cls(caps, mean, scale, components, centroids)

    @property
    def n_groups(self) -> int:
        return len(self.centroids)

    def assign(self, features: FloatArray) -> Int16s:
        """int16 (n): the nearest group of each row of features; a missing (nan) feature counts as average.

        Args:
            features: float (n, features), in the unit of the features that it was fitted on.
        """
        standard = (np.minimum(features, self.caps) - self.mean) / self.scale
        places = np.nan_to_num(standard) @ self.components.T
        distance = (self.centroids**2).sum(axis=1) - 2 * places @ self.centroids.T
        return distance.argmin(axis=1).astype(np.int16)

    def save(self, folder: Path) -> None:
        """Write it into a folder, which ``load`` reads.

        Args:
            folder: made when missing.
        """
        save_arrays(folder, dict(self.__dict__))

    @classmethod
    def load(cls, folder: Path) -> "Grouping":
        """Map what ``save`` wrote into memory.

        Args:
            folder: where it was saved.

        Raises:
            ReleaseCorruptError: a file is missing or damaged.
        """
        return cls(*(load_array(folder, name) for name in cls.__dataclass_fields__))


def _components_and_centroids(standard: FloatArray, weights: GroupingWeights) -> tuple[Float64s, Float64s]:
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA
    from threadpoolctl import threadpool_limits

    distinct = len(np.unique(standard.round(9), axis=0)) if len(standard) < 10_000 else weights.groups
    with threadpool_limits(1):  # sums in one order: the same groups on every machine size
        pca = PCA(min(weights.components, *standard.shape), svd_solver="covariance_eigh").fit(standard)
        kmeans = KMeans(min(weights.groups, distinct), n_init=STARTS, random_state=SEED)
        kmeans.fit(standard @ pca.components_.T)
    return pca.components_, kmeans.cluster_centers_
