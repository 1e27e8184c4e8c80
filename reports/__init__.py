"""Document in, bytes out: pages, PDF, data and calendars. No clock, no network, no storage."""
