"""Every way in and out: pipeline, command line, service, batch, reports."""
