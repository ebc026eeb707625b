"""The register of the estate: buildings, homes and households."""
