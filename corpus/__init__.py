"""What a proposal is compared with: the rules in force and the existing systems."""
