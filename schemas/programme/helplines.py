"""Telephone numbers that a report may name: published lines for the public, none of them anybody's own."""

from __future__ import annotations

from typing import Final

_OFCOM: Final = (
    "https://www.ofcom.org.uk/phones-telecoms-and-internet/information-for-industry/numbering/116-euro-numbers"
)

HELPLINES: Final = {
    "999": "emergency services: https://www.gov.uk/guidance/999-and-112-the-uks-national-emergency-numbers",
    "112": "emergency services: https://www.gov.uk/guidance/999-and-112-the-uks-national-emergency-numbers",
    "101": "police, not an emergency: https://www.police.uk/pu/contact-us/",
    "0808 800 5000": "NSPCC helpline: https://www.nspcc.org.uk/what-you-can-do/report-abuse/",
    "0800 1111": "Childline: https://www.childline.org.uk/",
    "0800 555 111": "Crimestoppers: https://crimestoppers-uk.org/",
    "0808 2000 247": "National Domestic Abuse Helpline: https://www.nationaldahelpline.org.uk/",
    "116 000": f"missing children (Missing People): {_OFCOM}",
    "116 006": f"victims of crime: {_OFCOM}",
    "116 111": f"children (NSPCC): {_OFCOM}",
    "116 123": f"emotional support (Samaritans): {_OFCOM}",
}
"""Each with whose it is and where it is published. In a text it may be spaced otherwise."""
