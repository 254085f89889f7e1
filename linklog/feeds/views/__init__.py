"""What readers, crawlers and subscribers fetch: feeds, the page that lists them, the sitemap."""
