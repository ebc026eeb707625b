"""Publishers: partners' machines, what they may publish and read, and their keys."""
