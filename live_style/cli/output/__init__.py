"""What the command line prints: lines, groups of commands, colours, bars, logs, and the streams that take them."""
