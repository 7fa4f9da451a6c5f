"""Other task libraries' ways to speak, over Galley."""
