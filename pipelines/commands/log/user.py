"""Who calls a command."""

import getpass


def user_name() -> str:
    """The login name of the operating system."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user id without a name, as in some containers
        return "person"
