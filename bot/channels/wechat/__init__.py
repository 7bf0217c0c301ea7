"""公众号: the villagers' side."""
