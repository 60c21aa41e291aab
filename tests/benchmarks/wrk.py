"""As many requests as are answered: wrk, with a script that counts errors and empty lists."""

import json
import math
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.benchmarks.schedule import Planned
from tests.benchmarks.site import as_json

SCRIPT = """
local file, requests, place, number = io.open("{plan}", "r"), {{}}, 0, 0
for line in file:lines() do
  local method, path, body = line:match("^(%S+) (%S+) ?(.*)$")
  requests[#requests + 1] = {{method, path, body}}
end
local headers = {{["Content-Type"] = "application/json"}}
local threads = {{}}
function setup(thread) number = number + 1; thread:set("id", number); table.insert(threads, thread) end
function init(args) place = (id * 7919) % #requests; turn = 0; bad = 0; empty = 0; took = 0 end
function request()
  place = place % #requests + 1; turn = turn + 1
  local one = requests[place]
  if one[1] == "GET" then return wrk.format("GET", one[2]) end
  local new = '"event_id": "' .. id .. "-" .. turn .. "-{run}-"
  return wrk.format("POST", one[2], headers, (one[3]:gsub('"event_id": "', new)))
end
function response(status, headers, body)
  took = took + 1
  if status < 200 or status > 299 then bad = bad + 1 end
  if body:find('"items":[]', 1, true) then empty = empty + 1 end
end
function done(summary, latency, requests)
  local bad, empty = 0, 0
  for _, thread in ipairs(threads) do bad = bad + thread:get("bad"); empty = empty + thread:get("empty") end
  local e = summary.errors
  io.write(string.format('RESULT {{"requests": %d, "seconds": %f, "failed": %d, "empty": %d, "p50": %f, "p99": %f}}\\n',
    summary.requests, summary.duration / 1e6, bad + e.connect + e.read + e.write + e.timeout, empty,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
"""


def missing() -> str:
    """What to do when wrk is not there, "" when it is."""
    return "" if shutil.which("wrk") else "wrk is missing: apt-get install wrk"


def most(port: int, plan: list[Planned], folder: Path, *, seconds: float, connections: int, run: str) -> dict[str, Any]:
    """Requests per second over so many connections, each asking again as soon as it is answered."""
    lines = [f"{method} {path} {as_json(body).decode()}" for method, path, body in plan]
    (folder / "plan.txt").write_text("\n".join(lines))
    (folder / "plan.lua").write_text(SCRIPT.format(plan=folder / "plan.txt", run=run))
    length = f"-d{math.ceil(seconds)}s"  # wrk takes whole seconds only
    shape = ["-t1", f"-c{connections}", length, "--timeout", "10s"]
    command = ["wrk", *shape, "-s", str(folder / "plan.lua"), f"http://127.0.0.1:{port}"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    result: dict[str, Any] = json.loads(output.rpartition("RESULT ")[2])
    return {**result, "per_second": round(result["requests"] / result["seconds"], 1)}
