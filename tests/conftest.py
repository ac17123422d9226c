"""What every test can use: reading a bot from text, and running its conversations."""
