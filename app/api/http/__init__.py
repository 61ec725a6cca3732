"""What every response shares: the envelope, the response cache, conditional requests, compression and limits."""
