"""Signs of Japanese keyboards that stand where ``-`` and ``.`` were meant, after NFKC."""

HYPHENS = "‐‑‒–—―−─━⁃˗᠆ー"
DOTS = "。、・"
