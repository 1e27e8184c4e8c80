"""The life of one inspection: its history, who may decide, what is due, how it reads."""
