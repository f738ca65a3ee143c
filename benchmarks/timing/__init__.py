"""What the benchmark of deduplication runs in processes of their own."""
