"""Seeded measurements, each with its own command in the Makefile."""
