"""Partners' messages: checks on arrival and the handler they go to."""
