"""What one worker takes: memory with everything loaded, and the time until it is ready."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench import servers
from bench.model import resident

MEGABYTES = 180
SECONDS = 3
MESSAGES = 2000  # enough for every cache to be filled


def memory(folder: Path) -> dict[str, Any]:
    """Resident megabytes after a load (Linux); seconds to ready on a new and on a known database."""
    with servers.ours(folder) as first:
        fresh = first.seconds_to_ready
    with servers.ours(folder) as server, servers.floor(folder) as floor:
        known = server.seconds_to_ready
        wrong = server.load(MESSAGES).wrong + floor.load(MESSAGES).wrong + server.missing()
        mine, least = resident(server.pid), resident(floor.pid)
    return {
        "name": "memory",
        "ours": round(mine, 1),
        "floor": round(least, 1),
        "ratio": round(least / mine, 3),
        "unit": "MB resident",
        "goal": f"<= {MEGABYTES}, ready in <= {SECONDS} s",
        "met": mine <= MEGABYTES and max(fresh, known) <= SECONDS and not wrong,
        "ready_s": round(known, 2),
        "ready_fresh_s": round(fresh, 2),
        "wrong": wrong,
    }
