"""Pages for villagers: their own cases, the long-term notice, posters. Light HTML without scripts."""
