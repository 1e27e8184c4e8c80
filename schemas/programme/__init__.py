"""The programme as data: its versions, the forces."""
