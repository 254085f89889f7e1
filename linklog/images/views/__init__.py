"""Uploads, the library, and media where no front server serves them."""
