"""The service: API under `/api/v1`, one page under `/`."""
