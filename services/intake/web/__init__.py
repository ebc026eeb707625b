"""The pages: rendered on the server, in Chinese and English, usable without JavaScript."""
