"""Documents in, bytes out: pages, PDF, data and calendars. No clock, network or storage."""
