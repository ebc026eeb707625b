"""Photos of wishes that came true, stored small and without the camera's metadata."""
