"""Who reads through feeds: subscriber counts that feed readers tell, gathered in batches."""
