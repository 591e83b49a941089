"""Measuring face recognition: error rates, intervals, calibration."""
