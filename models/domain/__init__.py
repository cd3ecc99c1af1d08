"""The plain nouns every other package speaks of; knows nothing of the rest of the program."""
