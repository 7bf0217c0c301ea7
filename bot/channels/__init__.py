"""Channels: the only places that know a platform's format."""
