"""What was learned or taught about Chinese proposal text; knows only `models.domain`."""
