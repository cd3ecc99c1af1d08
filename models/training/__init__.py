"""Training scripts and their data; not needed at run time."""
