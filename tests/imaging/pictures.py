"""Pictures made for tests: clouds, which have detail at every scale as photographs have it."""

import numpy as np
from numpy.typing import NDArray


def cloud(
    seed: int, roughness: float = 1.0, size: tuple[int, int] = (112, 112)
) -> NDArray[np.uint8]:
    """Return a grey RGB picture (h, w, 3) whose detail falls off with the scale."""
    rng = np.random.default_rng(seed)
    y, x = np.fft.fftfreq(size[0])[:, None], np.fft.fftfreq(size[1])[None]
    spectrum = np.fft.fft2(rng.normal(size=size))
    field = np.fft.ifft2(spectrum / (np.hypot(x, y) + 0.01) ** roughness).real
    grey = np.clip(128 + 45 * (field - field.mean()) / field.std(), 0, 255)
    return np.repeat(grey.astype(np.uint8)[..., None], 3, 2)
