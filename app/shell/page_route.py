"""The kind of route whose answers people read: its errors are pages, too."""

from fastapi.routing import APIRoute


class PageRoute(APIRoute):
    """A route for people; who has not logged in is led to the login."""
