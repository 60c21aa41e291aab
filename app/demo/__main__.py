"""``python -m app.demo``: the service with the page of the tour, as `make demo` starts it."""

from app.__main__ import main

if __name__ == "__main__":
    main("app.demo.application:demo_app")
