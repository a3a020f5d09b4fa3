"""The letter to families."""
