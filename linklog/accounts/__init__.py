"""The people who write here."""
