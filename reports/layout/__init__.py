"""What every rendering shares: blocks, pages, PDF, phrases."""
