"""The gallery of the components of all pages, for whoever builds a page."""
