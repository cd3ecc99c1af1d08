"""OFD (GB/T 33190): a zip of XML with characters at their places."""
