"""The budgets of the design, measured in one run: `make bench`. Works on a scratch installation, ends only what it started."""
