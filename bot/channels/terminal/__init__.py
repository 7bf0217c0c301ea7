"""The terminal: the same conversation, line by line, without pages or platforms."""
