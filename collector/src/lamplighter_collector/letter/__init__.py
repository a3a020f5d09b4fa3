"""The letter to families, filled from what is really set and published. In English; pure but for `desk`."""
