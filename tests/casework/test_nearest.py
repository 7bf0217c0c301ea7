"""Degrees, and the place of the town file that they mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.nearest import nearest
from casework.town import Place
from tests.casework.demo import town

PLACES = {
    "tree": Place("tree", "大樟树", "shiqiang-3", point=(30.6512, 104.0621)),
    "bridge": Place("bridge", "石桥", "shiqiang-1", point=(30.6552, 104.0621)),
    "mill": Place("mill", "水碾", "shiqiang-2"),
}


@pytest.mark.parametrize(
    ("latitude", "longitude", "found"),
    [
        (30.6512, 104.0621, "tree"),
        (30.6530, 104.0621, "tree"),  # 200 m, to the bridge 245
        (30.6540, 104.0621, "bridge"),
        (30.6512, 104.0720, "tree"),  # 950 m to the east: a degree is narrower there
        (30.6512, 104.0740, None),
        (-30.6512, 104.0621, None),
    ],
)
def test_the_nearest_within_reach(latitude: float, longitude: float, found: str | None) -> None:
    place = nearest(replace(town(), places=PLACES), latitude, longitude)
    assert (place.id if place is not None else None) == found
