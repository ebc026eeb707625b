"""The pages: server-rendered, in Chinese and English, each working without JavaScript."""
