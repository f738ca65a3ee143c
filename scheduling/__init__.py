"""What a schedule says, what is to be done at a moment, and the process that keeps one job."""
