"""The remote page: a phone, or any browser, as a hand at the show."""
