"""kill -9 under load; fifty times: `python -m tests.service.kill --kills 50`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from tests.service.kill import MUST_BE_ZERO, run


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_happens_twice_when_the_service_is_killed(
    tmp_path: Path,
) -> None:
    report = asdict(run(tmp_path, kills=10, seed=7))
    assert {name: report[name] for name in MUST_BE_ZERO} == dict.fromkeys(MUST_BE_ZERO, 0), report
    assert report["kills"] == 10
    assert report["tried_again"] > 0
    assert report["cases"] > 50
