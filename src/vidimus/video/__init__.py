"""Video: frames of a file with their times, tracks, shots and cues; writing videos."""
