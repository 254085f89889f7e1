"""One module per family of pages. A view is a page's noun; it reads, and never writes."""
