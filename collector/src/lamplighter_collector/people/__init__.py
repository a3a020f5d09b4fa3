"""Who may sign in: accounts, their roles, whom they are on the devices, and their sessions on the pages."""
