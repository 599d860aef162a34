"""How many SMS one text is: what is paid for. (GSM 03.38: 160 letters of its own alphabet, else 70 of UCS-2.)"""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
"""Each takes two places."""
SIMPLER = str.maketrans({
    "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "…": "...", "\u00a0": " ", "\u202f": " ",
})
"""Signs of good print that would more than halve the room."""


def plainer(text: str) -> str:
    """The same words in signs that cost less."""
    return text.translate(SIMPLER)


def segments(text: str) -> int:
    """A text that doesn't fit into one is sent in parts with a little less room each; no sign is cut in two."""
    if all(sign in BASIC or sign in EXTENDED for sign in text):
        sizes, alone, together = [2 if sign in EXTENDED else 1 for sign in text], 160, 153
    else:
        sizes, alone, together = [len(sign.encode("utf-16-be")) // 2 for sign in text], 70, 67
    if sum(sizes) <= alone:
        return 1
    parts, used = 1, 0
    for size in sizes:
        if used + size > together:
            parts, used = parts + 1, 0
        used += size
    return parts
