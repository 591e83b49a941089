"""One module per family of networks: arrays in, arrays out, nothing else."""
