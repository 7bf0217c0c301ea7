"""Stand-ins for the platforms, independent of the code under test and of its libraries."""
