"""Standing pages (about, colophon) and redirects from old addresses."""
