"""Asks the service in the same container for a path; exit code 0 when it answers 200, else 1 with the reason.

python healthcheck.py PATH [PORT [HOST]]     HOST where the service does not listen on 127.0.0.1
"""

import os
import sys
from urllib.error import URLError
from urllib.request import urlopen


def main() -> int:
    path, *where = sys.argv[1:]
    port = where[0] if where else os.environ.get("PAUTA_PORT", "8001")
    host = where[1] if where[1:] else "127.0.0.1"
    url = f"http://{host}:{port}{path}"
    try:
        with urlopen(url, timeout=4) as answer:
            print(answer.status)
    except (URLError, TimeoutError) as error:
        print(f"{url}: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
