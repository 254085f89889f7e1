"""What every room may use and that knows no room: Markdown, HTML, XML, slugs, links, fetching, and where the databases differ."""
