"""A year on the Caspian, event by event."""
