"""Content to look at on the first day, and the command that loads it."""
