"""What people see: the map, the works, inspection, downloads, accounts."""
