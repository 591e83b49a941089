"""AWS JSON 1.1: the contract, its types, validation, encoding."""
