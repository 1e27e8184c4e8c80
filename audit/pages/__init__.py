"""The audit report rendered: pages, spreadsheets, CSV. No I/O."""
