"""Tokens in the settings: the first admin's, and those of the viewers of a use case."""

from app.security.caller import Caller, merge_callers
from script_shared.people import digest_of
from script_shared.settings import Settings
from script_shared.use_case_settings import ADMIN, viewer_tokens


def settings_callers(settings: Settings) -> dict[str, Caller]:
    """Holders of the tokens in the settings, by the digest of the token."""
    found = []
    for use_case, own in settings.by_use_case.items():
        viewers = viewer_tokens(own.viewers.get_secret_value()) if own.viewers else {}
        found += [Caller(name, "viewer", frozenset({use_case}), digest_of(token)) for name, token in viewers.items()]
    admin = settings.admin_token.get_secret_value().strip() if settings.admin_token else ""
    if admin:
        found.append(Caller(ADMIN, "admin", holder=digest_of(admin)))
    return merge_callers(found)
