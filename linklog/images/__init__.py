"""Images, sound and film: from an upload to files in the media storage, a Markdown reference, and who uses it with which alt text."""
