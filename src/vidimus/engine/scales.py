"""The similarity scale of each face model version."""

from pathlib import Path
from threading import Lock

from vidimus.errors import ConfigurationError
from vidimus.gallery.similarity import SimilarityScale
from vidimus.runtime.calibrations import load_calibration


class SimilarityScales:
    """Scales by face model version, read once from the calibrations.

    A calibration in `folder` (written by `vidimus calibrate`) wins over the bundled one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._scales: dict[str, SimilarityScale] = {}
        self._lock = Lock()

    def scale(self, version: str) -> SimilarityScale:
        """Return the scale of a version; raises ConfigurationError when it was never calibrated."""
        with self._lock:
            if version not in self._scales:
                self._scales[version] = self._read(version)
            return self._scales[version]

    def _read(self, version: str) -> SimilarityScale:
        calibration = load_calibration(version, self._folder)
        if calibration is None:
            raise ConfigurationError(
                f"face model {version} has no calibration, so its scores have no stated meaning: "
                "run `vidimus calibrate`"
            )
        return SimilarityScale.from_calibration(calibration.points)
