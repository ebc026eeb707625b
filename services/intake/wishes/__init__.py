"""Micro-wishes: made, reviewed, taken, delivered and confirmed; none is left unanswered."""
