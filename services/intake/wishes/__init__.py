"""Micro-wishes: posted, reviewed, claimed, delivered and confirmed, or else answered."""
