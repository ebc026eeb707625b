"""The stations that the product serves; every other row belongs to one of them."""
