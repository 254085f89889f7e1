"""What crosses rooms: layout, docs, addresses, visibility, query growth, browser journeys; and what runs them."""
