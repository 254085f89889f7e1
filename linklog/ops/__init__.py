"""Running an installation: init, serve, doctor, backup, restore."""
