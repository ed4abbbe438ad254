"""MIDI controllers: what their messages mean, what they are bound to, and the library behind one door."""
