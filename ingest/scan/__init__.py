"""Pages that are pictures → characters and rules: recognition, each page by itself."""
