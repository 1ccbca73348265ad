"""How the packaged weights of the encoder are made; not part of the package."""
