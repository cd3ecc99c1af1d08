"""One question about a submission per file; each answers with findings."""
