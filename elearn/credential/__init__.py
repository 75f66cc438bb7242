"""Awards, signed credentials, their verification and their printed form."""
