"""Bytes in, `Document` out: the only place that opens an uploaded file."""
