"""Licensed lists: taken in once, sealed for devices, and readable nowhere."""
