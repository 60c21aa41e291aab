"""The class of routes whose answers people read: their errors are pages, too."""

from fastapi.routing import APIRoute


class PageRoute(APIRoute):
    """A route for people; it redirects a person who has not logged in to the login."""
