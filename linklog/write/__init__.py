"""The author's own pages: front page, editor, live preview, autosave, inbox, checklist."""
