"""Text that tries to break out of a page."""

from __future__ import annotations

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'><b onclick='x'>&amp;</b>",
    "{{ 7 * 7 }} {% raw %}",
    '#eval("1") #read("/etc/passwd")',
    "$x^2$ *bold* _emph_ @ref <label> // comment /* more",
    "= Heading\n- item\n\n+ item",
    "\\u{41} \\ ~ -- --- 'quoted' \"quoted\"",
    "https://example.org/?a=1&b=2 javascript:alert(1)",
    "Ŵŷ Łódź Ελλάδα Москва €½≤→",
    "children \u4e2d\u6587 \U0001f600 \u05e9\u05dc\u05d5\u05dd",
    "e\u0301 and a\u030a\u0327\u0321",
    "w" * 2000,
    "</title></style></script><!--",
    "]]> <![CDATA[ --> <?php",
]
