"""What two versions of a submission say differently: sections and text aligned, every difference with both places."""
