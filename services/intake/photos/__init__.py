"""Photos of wishes that came true, kept small and without what the camera wrote into them."""
