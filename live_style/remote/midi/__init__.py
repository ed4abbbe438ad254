"""MIDI controllers: their messages, their bindings, and the library that reads them."""
