"""Colours as people with colour vision deficiencies see them, and how far apart they look."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Colour = npt.NDArray[np.float64]

#: G. M. Machado, M. M. Oliveira, L. A. F. Fernandes: A Physiologically-based Model for Simulation
#: of Color Vision Deficiency. IEEE TVCG 15 (2009), severity 1.0; for linear RGB.
VISIONS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
#: IEC 61966-2-1: linear sRGB to XYZ, and its white, D65.
_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE = _TO_XYZ.sum(axis=1)


def linear(hexadecimal: str) -> Colour:
    """Turn `#rrggbb` into linear RGB, 0 to 1 (IEC 61966-2-1)."""
    coded = np.array([int(hexadecimal[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def over(hexadecimal: str, opacity: float, ground: str) -> str:
    """Lay a colour over a ground as a canvas does: by its coded values."""
    both = [[int(one[i : i + 2], 16) for i in (1, 3, 5)] for one in (hexadecimal, ground)]
    mixed = [round(opacity * top + (1 - opacity) * below) for top, below in zip(*both, strict=True)]
    return "#" + "".join(f"{value:02x}" for value in mixed)


def lab(rgb: Colour) -> Colour:
    """Turn linear RGB into CIELAB (CIE 15:2004, 8.2.1)."""
    ratio = _TO_XYZ @ np.clip(rgb, 0, 1) / _WHITE
    root = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def difference(first: str, second: str, vision: str = "normal") -> float:
    """Return how far apart two colours look: the distance in CIELAB; 2.3 is just noticeable."""
    seen = [lab(VISIONS[vision] @ linear(one)) for one in (first, second)]
    return float(np.linalg.norm(seen[0] - seen[1]))


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2), 1 to 21."""
    lights = sorted(float(_TO_XYZ[1] @ linear(one)) for one in (first, second))
    return (lights[1] + 0.05) / (lights[0] + 0.05)
