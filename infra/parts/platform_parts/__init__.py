"""What the account's and the tiers' programs are both made from."""
