"""Analyses: what is told of a whole video, frame by frame, in one decode for all."""
