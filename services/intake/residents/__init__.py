"""The estate register: buildings, homes, households and residents."""
