"""Remote hands: OSC, MIDI and the remote page. Each plays the control surface; none is loaded unless asked for."""
