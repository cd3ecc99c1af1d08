"""The commands: each takes parsed arguments and returns an exit status."""
