"""One module per source format, behind one contract: read(file) yields ImportedPost."""
