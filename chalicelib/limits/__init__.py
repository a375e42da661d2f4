"""What one address, one client network and one code field may ask for."""
