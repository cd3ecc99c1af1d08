"""Own reader for Word's docx: what a reader of the page sees, automatic numbers included."""
