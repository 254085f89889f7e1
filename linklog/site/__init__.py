"""What makes a site one's own: title, tagline, accent, navigation, footer, logo; the first-run page."""
