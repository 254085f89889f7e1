"""One module per format, behind one contract: write(posts, file)."""
