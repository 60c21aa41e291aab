"""Texts sent in events, such as regions: they get a group once enough users have sent them."""

from itertools import islice

CANDIDATES = 2_000  # texts without a group; if there are more, the oldest ones are forgotten


class Labels:
    """The users who sent each text that has no group yet.

    Args:
        users: how many different users must send a text.
    """

    def __init__(self, users: int) -> None:
        self._least = users
        self._users: dict[str, list[int]] = {}

    def enough(self, text: str, user: int) -> bool:
        """Whether enough users sent a text, this one included; a ``user`` of 0 is not counted.

        Args:
            text: such as the name of a region.
            user: key of the user, see ``reader_key``.
        """
        if not user:
            return False
        users = self._users.setdefault(text, [])
        if user not in users:
            users.append(user)
        if len(users) >= self._least:
            del self._users[text]
            return True
        if len(self._users) > CANDIDATES:
            for old in list(islice(self._users, CANDIDATES // 16)):
                del self._users[old]
        return False

    def forget(self, user: int) -> None:
        """Forget a user.

        Args:
            user: key of the user, see ``reader_key``.
        """
        for users in self._users.values():
            if user in users:
                users.remove(user)

    def as_json(self) -> dict[str, list[int]]:
        """The values to save, as JSON types."""
        return self._users

    def restore(self, users: dict[str, list[int]]) -> None:
        """Restore the saved values.

        Args:
            users: keys of the users who sent each text.
        """
        self._users = {text: list(keys) for text, keys in users.items()}
