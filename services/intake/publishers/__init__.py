"""Publishers, which are partners' machines, with their grants, keys and messages."""
