"""The command line: serve, analyze, compare, models, doctor, keys, ledger, calibrate."""
