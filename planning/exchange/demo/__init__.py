"""The demonstration hospital, drawn from a seed: pure data, no database and no clock."""
