"""Posts of four kinds, their tags, series and credits, and the pages that show them."""
