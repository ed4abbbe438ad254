"""The mixer: every fader of the show as one immutable value."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from functools import cached_property

from live_style.control.fade import FADES
from live_style.control.fade import Fade
from live_style.control.fade import Level
from live_style.control.fade import still
from live_style.control.follow import Follower
from live_style.control.perceptual_distance import PLAIN
from live_style.control.perceptual_distance import PerceptualMetric
from live_style.control.surface import LEAST
from live_style.control.tempo import Tempo
from live_style.errors import StyleError
from live_style.look import REAL
from live_style.look import Look
from live_style.look import Part
from live_style.look import TwoLooks
from live_style.style import Style
from live_style.styles.mixing import Blend

PANIC = 0.3
"""Seconds that black and freeze take: OBS's own default for a fade."""
NUDGE = 0.15
"""Seconds in which a step of the strength is faded."""
BARE = 0.98 * LEAST
"""Strengths below this count as the real picture; it is a bit less than LEAST because of rounding between two looks."""
BANK = 9
"""Styles of a bank: as many as there are keys from 1 to 9."""
SWEEP = 60.0
"""Highest speed of the look behind a fader, per second: fast enough for a fader that is thrown."""
STRIDE = 5.0
"""Distance that the look moves on the map within the time of a crossfade: neighbours are about 3 apart, so it keeps up
with a calm hand, and a jump across the map is not a cut."""


PARTS: tuple[Part, ...] = ("both", "person", "room")

_UNTOLD: Fade[Look] = still(REAL)
"""The default for the look of a new mixer, replaced by that of its style; never the real picture."""


@dataclass(frozen=True)
class Mixer:
    """The targets of all faders, and the fades towards them. The main thread replaces it, any thread may read it.

    Every method returns the mixer after one move of a hand at clock time `now`. A new mixer is at its target at once;
    it raises StyleError without a style.
    """

    styles: tuple[Style, ...]
    position: int = 0
    """The index of the chosen style, or of the nearest one if the look is between styles."""
    strength: float = 1.0
    color: float = 0.0
    """Share of the picture's own colours, 0 to 1."""
    seconds: float = 1.0
    """Duration of a crossfade."""
    bypassed: bool = False
    blacked: bool = False
    frozen: bool = False
    mirror_window: bool = True
    mirror_output: bool = False
    blend: Blend | None = None
    """A mix that plays instead of the chosen style; None: the chosen style plays."""
    preview: Blend | None = None
    """What is chosen but not live yet; None: the preview is off, and what is chosen is live at once."""
    favourites: frozenset[str] = frozenset()
    """The slugs of the favourites."""
    favourites_only: bool = False
    """Whether keys and strip offer the favourites only."""
    first: int = 0
    """The first style of the bank that the keys 1 to 9 choose from, among those that are offered."""
    tempo: Tempo = Tempo()
    follows_sound: bool = True
    """Whether the beat of the sound is the tempo, if there is one and no hand taps."""
    pulse: float = 0.0
    """How much the strength moves with the beat, 0 to 1."""
    quick_pulse: bool = False
    """Whether it may do so three times a second and more: that can harm people with epilepsy."""
    look: Fade[Look] | Follower = _UNTOLD
    black: Fade[Level] = still(Level(0.0))
    freeze: Fade[Level] = still(Level(0.0))
    two_looks: bool = False
    """Whether the person and the room behind have a look each."""
    hand: Part = "both"
    """Which of the two the keys act on."""
    room: Mixer | None = None
    """The mixer of the room's look: this one is then the person's. None: one look for both. After two looks were
    switched off it is there until its look has become the person's."""

    def __post_init__(self) -> None:
        if self.look is not _UNTOLD:
            return
        if not self.styles:
            raise StyleError("there are no styles to paint with",
                             "Make one from a picture: live-style styles add PICTURE.")
        object.__setattr__(self, "look", still(self.target))

    @property
    def style(self) -> Style:
        """The chosen style."""
        return self.styles[self.position]

    @property
    def chosen(self) -> Blend:
        """What was chosen last: the preview if it is on, else what plays."""
        return self.preview or self.blend or Blend(((self.style, 1.0),))

    @property
    def upcoming(self) -> Style:
        """The style that the key for "next" would choose."""
        return self.styles[self._beside(1)]

    @cached_property
    def offered(self) -> tuple[int, ...]:
        """The indexes of the styles that keys and strip offer: all, or the favourites."""
        every = range(len(self.styles))
        return tuple(i for i in every if self.styles[i].slug in self.favourites) if self.favourites_only else (*every,)

    @property
    def bank(self) -> tuple[int, ...]:
        """The indexes of the styles that the keys 1 to 9 choose."""
        return self.offered[self.first:self.first + BANK]

    def _beside(self, steps: int) -> int:
        """The index of the style so many steps from the chosen one, among those that are offered."""
        place = self.find(self.chosen.nearest.slug)
        here = self.position if place is None else place
        # A style that is not offered itself lies between its neighbours.
        at = bisect_left(self.offered, here) - (here not in self.offered and steps > 0)
        return self.offered[(at + steps) % len(self.offered)]

    @property
    def real(self) -> bool:
        """Whether the real picture is the target: by its key, or by a requested strength below LEAST."""
        return self.bypassed or self.strength < BARE

    @property
    def title(self) -> str:
        """The title of what plays: a style's name, "Between Neon and Tiger", "the real picture"."""
        if self.real:
            return "the real picture"
        return self.blend.name if self.blend else self.style.name

    @property
    def target(self) -> Look:
        """The target look of the faders."""
        strength = 0.0 if self.bypassed else self.strength
        place = self.blend or self.style
        return place.look(strength, self.color)

    @property
    def part(self) -> Mixer:
        """The mixer of what the keys act on: the room's, or this one, of the person or of both."""
        return self.room if self.room is not None and self.hand == "room" else self

    @property
    def parts(self) -> tuple[Mixer, ...]:
        """The mixers of the looks: the person's, or that of both, and the room's if there are two."""
        return (self,) if self.room is None else (self, self.room)

    def on_part(self, change: Callable[[Mixer], Mixer], hand: Part | None = None) -> Mixer:
        """Change the look that the keys act on - the person's, the room's or both - or that of `hand`."""
        hand = hand or self.hand
        changed = self if self.room is not None and hand == "room" else change(self)
        if self.room is None or hand == "person":
            return changed
        same = (self.room.seconds, self.room.tempo) == (self.seconds, self.tempo)
        before = self.room if same else replace(self.room, seconds=self.seconds, tempo=self.tempo)
        room = change(before)
        return changed if room is before else replace(changed, room=room)

    def toggle_two_looks(self, now: float) -> Mixer:
        """One look for the person and one for the room, equal at first, or one for both again: the person's.

        If only that is real it is the room's, because the real room was not asked for.
        """
        if not self.two_looks:
            closing = self.room is not None and self.room.moving(now)
            room = self.room if closing else replace(self, two_looks=False, hand="both", room=None)
            return replace(self, two_looks=True, hand="person", room=room)
        one = self.room if self.room is not None and self.real_part == "person" else self
        parts = [part._with_target_of(one)._glide(now, self.seconds) for part in self.parts]
        return replace(self if one is self else parts[0], two_looks=False, hand="both", room=parts[-1])

    def united(self) -> Mixer:
        """One look at once, without a fade: the stronger of two."""
        one = replace(self, two_looks=False, hand="both", room=None)
        if self.room is None or self.target.strength >= self.room.target.strength:
            return one
        return replace(one._with_target_of(self.room), look=self.room.look)

    def _with_target_of(self, other: Mixer) -> Mixer:
        """The faders of the look as another mixer has them; no fade has started yet."""
        return replace(self, position=other.position, blend=other.blend, strength=other.strength, color=other.color,
                       bypassed=other.bypassed)

    def take_in_hand(self) -> Mixer:
        """Let the keys act on the next of PARTS; nothing without two looks."""
        return replace(self, hand=PARTS[(PARTS.index(self.hand) + 1) % len(PARTS)]) if self.two_looks else self

    @property
    def real_part(self) -> Part | None:
        """What is the real picture: one of the two looks, or both; None: neither."""
        person, room = self.real, self.real if self.room is None else self.room.real
        if person and room:
            return "both"
        return "person" if person else "room" if room else None

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {style.slug: i for i, style in enumerate(self.styles)}

    def find(self, slug: str) -> int | None:
        """The index of a style; None if it is missing."""
        return self._places.get(slug)

    def _glide(self, now: float, seconds: float, began: float | None = None) -> Mixer:
        return replace(self, look=still(self.look.at(now)).to(self.target, now, seconds, began))

    def cut(self, now: float) -> Mixer:
        """The mixer with all fades finished."""
        return self._glide(now, 0.0)

    def select(self, position: int, now: float, cut: bool = False) -> Mixer:
        """Another style (indexes wrap around), by crossfade - from the next beat if there is a tempo - or by a cut.

        While the preview is on, it goes there.
        """
        chosen = self.wishing(Blend(((self.styles[position % len(self.styles)], 1.0),)))
        return chosen if chosen.preview else chosen._live(now, cut)

    def step(self, steps: int, now: float, cut: bool = False) -> Mixer:
        """The style so many steps from the chosen one."""
        return self.select(self._beside(steps), now, cut)

    def _live(self, now: float, cut: bool) -> Mixer:
        return self.cut(now) if cut else self.arrive(now, self.seconds)

    def with_preview(self, on: bool) -> Mixer:
        """Turn the preview on, with the next style in it, or off."""
        off = replace(self, preview=None)
        return replace(off, preview=Blend(((off.upcoming, 1.0),))) if on else off

    def take(self, now: float, cut: bool = False) -> Mixer:
        """Make the preview live, as a style that is selected; then the next style is in it."""
        if self.preview is None:
            return self
        return replace(self, preview=None).wishing(self.preview)._live(now, cut).with_preview(True)

    def wishing(self, blend: Blend) -> Mixer:
        """A mix, or a style, as the new target, or in the preview; no fade has started yet."""
        if self.preview is not None:
            return replace(self, preview=blend)
        place = self.find(blend.nearest.slug)
        return replace(self, blend=None if blend.pure and place is not None else blend, bypassed=False,
                       position=self.position if place is None else place)

    def arrive(self, now: float, seconds: float) -> Mixer:
        """Fade to the target in this many seconds, from the next beat if there is a tempo."""
        return self._glide(now, seconds, self.tempo.next_beat(now))

    def lead(self, blend: Blend, now: float, metric: PerceptualMetric = PLAIN) -> Mixer:
        """Move to a mix, or a style, at the speed of the fades; unseen while the real picture is shown.

        The speed is constant in perceptual distance, not in the numbers of the embedding.
        """
        if self.preview is not None:
            return replace(self, preview=blend)
        position = self.find(blend.nearest.slug)
        moved = replace(self, blend=None if blend.pure and position is not None else blend,
                        position=self.position if position is None else position)
        if self.bypassed:
            return moved
        pace = STRIDE / max(FADES[1], self.seconds)
        if isinstance(self.look, Follower):
            return replace(moved, look=self.look._replace(metric=metric).to(moved.target, now, pace))
        return replace(moved, look=Follower(self.look.at(now), moved.target, now, pace, metric))

    def bypass(self, now: float, cut: bool = False) -> Mixer:
        """Fade to the real picture, or back from it."""
        return replace(self, bypassed=not self.bypassed)._glide(now, 0.0 if cut else self.seconds)

    def nudge_strength(self, step: float, now: float) -> Mixer:
        """A step of strength up or down, never below LEAST; a running crossfade keeps its speed."""
        least = min(LEAST, self.strength)  # a requested lower strength stays until it is raised
        moved = replace(self, strength=min(1.0, max(least, round(self.strength + step, 3))))
        left = self.look.began + self.look.seconds - now
        return moved._glide(now, max(NUDGE, left))

    def nudge_fade(self, steps: int) -> Mixer:
        """A longer or shorter fade, by steps of FADES."""
        nearest = min(range(len(FADES)), key=lambda i: abs(FADES[i] - self.seconds))
        return replace(self, seconds=FADES[min(len(FADES) - 1, max(0, nearest + steps))])

    def _follow(self, now: float) -> Mixer:
        """Follow a fader that a hand moves, without a jump or a jerk; a running crossfade keeps its speed."""
        left = self.look.began + self.look.seconds - now
        if isinstance(self.look, Fade) and left > NUDGE:
            return self._glide(now, left)
        if isinstance(self.look, Follower):
            return replace(self, look=self.look.to(self.target, now, self.look.pace if left > 0.0 else SWEEP))
        return replace(self, look=Follower(self.look.at(now), self.target, now, SWEEP))

    def with_strength(self, value: float, now: float) -> Mixer:
        """Set the fader of the strength, never below LEAST."""
        return replace(self, strength=min(1.0, max(LEAST, value)))._follow(now)

    def with_color(self, value: float, now: float) -> Mixer:
        """Set the fader of the picture's own colours."""
        return replace(self, color=min(1.0, max(0.0, value)))._follow(now)

    def toggle_color(self, now: float) -> Mixer:
        """Toggle between the picture's own colours and the style's."""
        return replace(self, color=0.0 if self.color else 1.0)._glide(now, max(PANIC, min(self.seconds, 1.0)))

    def toggle_black(self, now: float) -> Mixer:
        """Fade to black, or back."""
        return replace(self, blacked=not self.blacked,
                       black=self.black.to(Level(0.0 if self.blacked else 1.0), now, PANIC))

    def toggle_freeze(self, now: float) -> Mixer:
        """Freeze the picture, or continue."""
        # Freezing is immediate, since a fade into a still picture would smear; the way back is a fade.
        seconds = PANIC if self.frozen else 0.0
        return replace(self, frozen=not self.frozen,
                       freeze=self.freeze.to(Level(0.0 if self.frozen else 1.0), now, seconds))

    def tap(self, now: float) -> Mixer:
        """One tap of the tempo."""
        return replace(self, tempo=self.tempo.tap(now))

    def hear(self, bpm: float | None, at: float, now: float) -> Mixer:
        """The sound had a beat at `at`, or has None."""
        tempo = self.tempo.follow(bpm, at, now) if self.follows_sound else self.tempo
        return self if tempo == self.tempo else replace(self, tempo=tempo)

    def toggle_sound(self, now: float) -> Mixer:
        """Follow the beat of the sound, or no longer."""
        kept = Tempo() if self.tempo.heard else self.tempo
        return replace(self, follows_sound=not self.follows_sound, tempo=kept)

    def look_at(self, now: float) -> Look | TwoLooks:
        """What to paint at a moment."""
        if self.room is None or not self.two_looks and not self.room.moving(now):
            return self._pulsed(self.look.at(now), now)
        return TwoLooks(self._pulsed(self.look.at(now), now), self._pulsed(self.room.look.at(now), now))

    def _pulsed(self, look: Look, now: float) -> Look:
        """With the pulse of the beat: strongest on the beat, and never the bare camera."""
        share = 1.0 - self.pulse * (1.0 - self.tempo.pulse(now, self.quick_pulse))
        if share >= 1.0 or look.strength <= LEAST:
            return look
        return look.scaled(max(share, LEAST / look.strength), look.color)

    def with_styles(self, styles: tuple[Style, ...]) -> Mixer:
        """The same targets with another set of styles; the chosen one stays, and its look stays even if it is gone."""
        renewed = replace(self, styles=styles, position=0)
        position = renewed.find(self.style.slug)
        renewed = replace(renewed, position=min(self.position, len(styles) - 1) if position is None else position,
                          room=self.room and self.room.with_styles(styles))
        gone = self.preview is not None and any(renewed.find(style.slug) is None for style, _ in self.preview.parts)
        return (renewed.with_preview(True) if gone else renewed).with_favourites(self.favourites)

    def with_favourites(self, favourites: frozenset[str], only: bool | None = None) -> Mixer:
        """Other favourites; `only`: whether they alone are offered, which needs one. None: as before."""
        only = self.favourites_only if only is None else only
        only = only and any(self.find(slug) is not None for slug in favourites)
        return replace(self, favourites=favourites, favourites_only=only,
                       room=self.room and self.room.with_favourites(favourites, only)).with_bank(self.first // BANK)

    def with_bank(self, number: int) -> Mixer:
        """The bank of that number, from 0, or the last one."""
        return replace(self, first=BANK * min(number, (len(self.offered) - 1) // BANK))

    def turn_bank(self, steps: int) -> Mixer:
        """The bank so many steps from this one; they wrap around."""
        return self.with_bank((self.first // BANK + steps) % -(-len(self.offered) // BANK))

    def toggle_favourite(self, slug: str) -> Mixer:
        """Mark a style as a favourite, or no longer."""
        return self.with_favourites(self.favourites ^ {slug})

    def toggle_favourites(self) -> Mixer:
        """Offer the favourites only, or all styles; raises StyleError without a favourite."""
        changed = self.with_favourites(self.favourites, not self.favourites_only)
        if changed.favourites_only is self.favourites_only:
            raise StyleError("there are no favourites yet", "Choose a style and mark it first.")
        return changed

    def moving(self, now: float) -> bool:
        """Whether any fader is moving."""
        return (any(now < f.began + f.seconds for f in (self.look, self.black, self.freeze))
                or self.room is not None and self.room.moving(now))
