"""Which place of the town file lies nearest to a point, for what says where it is in degrees only."""

from __future__ import annotations

from math import cos, hypot, radians
from typing import Final

from casework.town import Place, Town

DEGREE: Final = 111_320.0  # metres of latitude
REACH: Final = 1_000.0  # metres; what is farther away lies somewhere else


def nearest(town: Town, latitude: float, longitude: float) -> Place | None:
    """The nearest place within reach; None if no place with a point is near enough."""
    width = cos(radians(latitude))

    def away(place: Place) -> float:
        north, east = place.point or (0.0, 0.0)
        return DEGREE * hypot(north - latitude, (east - longitude) * width)

    near = [place for place in town.places.values() if place.point and away(place) <= REACH]
    return min(near, key=away, default=None)
