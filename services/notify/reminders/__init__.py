"""Appointments: who comes to which event when, so that they are reminded the evening before."""
