"""Remote controls: OSC, MIDI and the remote page. Each plays the control surface, and is loaded only on request."""
