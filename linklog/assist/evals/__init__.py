"""How good suggestions are, told by the archive: what its author published is the truth that they are held against."""
