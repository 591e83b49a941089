"""The Rekognition operations: where AWS words end."""
