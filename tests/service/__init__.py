"""The whole service from outside: a process of its own, spoken to as the platforms speak to it."""
