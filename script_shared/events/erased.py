"""The erased users, recognised by their digests, many at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from script_shared.events.entry import PERSON, SIZE


@dataclass(frozen=True)
class ErasedUsers:
    """The digests of erased users; nothing else is kept of them.

    >>> from script_shared.events.entry import user_digest
    >>> ErasedUsers([user_digest("ana")]).among(["rui", "ana"]).tolist()
    [False, True]
    """

    digests: Collection[str] = ()

    def __bool__(self) -> bool:
        return bool(self.digests)

    def among(self, user_ids: Iterable[str]) -> npt.NDArray[np.bool_]:
        """Which of these users were erased, (n,); about a second for a million, nothing when nobody was.

        Args:
            user_ids: n ids, or names of visits.

        Returns:
            bool (n), in the same order.
        """
        ids = list(user_ids)
        if not self.digests:
            return np.zeros(len(ids), np.bool_)
        known = {bytes.fromhex(digest) for digest in self.digests}
        name = partial(blake2b, digest_size=SIZE, person=PERSON)
        return np.fromiter((name(user_id.encode()).digest() in known for user_id in ids), np.bool_, len(ids))
