"""Reader for PDF with a text layer: paragraphs, ruled tables, contents lists, running heads."""
