"""What becomes of two looks without a person mask."""

from __future__ import annotations

from dataclasses import replace

from live_style.control.mixer import Mixer
from live_style.look import Look
from live_style.look import TwoLooks


def stronger(looks: TwoLooks) -> Look:
    """The one for both: never the real picture, unless both are."""
    return looks.person if looks.person.strength >= looks.room.strength else looks.room


def united(mixer: Mixer) -> Mixer:
    """The mixer with one look at once: the stronger one."""
    room, one = mixer.room, replace(mixer, two_looks=False, hand="both", room=None)
    if room is None or mixer.target.strength >= room.target.strength:
        return one
    return replace(one, position=room.position, blend=room.blend, strength=room.strength, color=room.color,
                   bypassed=room.bypassed, look=room.look)
