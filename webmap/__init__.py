"""What people see: the map, the works and their evidence, downloads and services, and the command line."""
